"""Pictures of the report page for the documentation: usage: screenshots.py PAYGRID SOURCE_FOLDER"""
import base64
import pathlib
import subprocess
import sys
import tempfile

from chromium import Chromium

BYTES_MAX = 300_000

PAYGRID, SOURCE = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
# Picture: scenario, first and last element that it shows, and its width.
PICTURES = {
    "report.png": ("quickstart", "h1", "#latency", 1200),
    "world.png": ("wan-aws", "#world", "#map", 1200),
    "diagram.png": ("3pc-splits", "#diagrams", "#diagram", 1200),
}


def picture(browser, first, last, width):
    """From the top of one element to the bottom of another."""
    browser.run("document.querySelector('.masthead').style.position = 'static';"
                "for (const box of document.querySelectorAll('.diagram')) box.style.maxHeight = 'none';")
    top, bottom = browser.run("""
        return [document.querySelector(arguments[0]).getBoundingClientRect().top + scrollY - 16,
                document.querySelector(arguments[1]).getBoundingClientRect().bottom + scrollY + 16]""", first, last)
    browser.painted()
    clip = {"x": 0, "y": top, "width": width, "height": bottom - top, "scale": 1}
    answer = browser.driver.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True, "clip": clip})
    return base64.b64decode(answer["data"])


def main():
    folder = SOURCE / "analysis" / "report" / "page" / "pictures"
    folder.mkdir(exist_ok=True)
    browser = Chromium()
    browser.scheme("light")
    try:
        with tempfile.TemporaryDirectory() as home:
            for name, (scenario, first, last, width) in PICTURES.items():
                run = pathlib.Path(home) / scenario
                subprocess.run([PAYGRID, "run", SOURCE / "scenarios" / f"{scenario}.yaml", "--quiet", "--report", "--out", run],
                               check=True)
                browser.resize(width)
                browser.open(run / "report.html")
                data = picture(browser, first, last, width)
                if len(data) > BYTES_MAX:
                    sys.exit(f"{name}: found {len(data)} bytes; accepted: at most {BYTES_MAX}")
                (folder / name).write_bytes(data)
                print(f"{(folder / name).relative_to(SOURCE)}: {len(data)} bytes")
    finally:
        browser.close()


if __name__ == "__main__":
    main()
