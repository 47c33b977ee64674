"""The report page as a reader sees it: usage: report_page_test.py PAYGRID SOURCE_FOLDER"""
import collections
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from chromium import Chromium

PAYGRID, SOURCE = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
TIME_PLOTS = ["throughput", "latency", "in-doubt", "frozen", "availability", "queues", "clocks", "phases-over-time"]


def record(folder, scenario):
    out = pathlib.Path(folder) / scenario
    subprocess.run([PAYGRID, "run", SOURCE / "scenarios" / f"{scenario}.yaml", "--quiet", "--report", "--out", out], check=True)
    return out


def trace_lines(run):
    return [json.loads(line) for line in (run / "exemplars.jsonl").read_text().splitlines()]


class Quickstart(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = tempfile.TemporaryDirectory()
        cls.run_folder = record(cls.home.name, "quickstart")
        cls.page = cls.run_folder / "report.html"
        cls.result = json.loads((cls.run_folder / "result.json").read_text())
        cls.browser = Chromium()

    @classmethod
    def tearDownClass(cls):
        cls.browser.close()
        cls.home.cleanup()

    def setUp(self):
        self.browser.resize(1200)
        self.browser.requests()
        self.browser.complaints()
        self.browser.open(self.page)

    def windows(self):
        return self.of_plots("plot.graph.xAxisRange()")

    def of_plots(self, expression):
        return self.browser.run(f"return Object.fromEntries(paygridReport.plots.map(plot => [plot.spec.id, {expression}]))")

    def canvas(self, plot):
        element = self.browser.driver.find_element(By.CSS_SELECTOR, f"#{plot} .canvas")
        self.browser.run("arguments[0].scrollIntoView({block: 'center'})", element)
        return element

    def test_asks_for_nothing_but_itself(self):
        self.assertEqual(self.browser.requests(), [self.page.as_uri()])

    def test_says_nothing_to_the_console(self):
        for scheme in ["dark", "light"]:
            self.browser.scheme(scheme)
            self.browser.painted()
        self.assertEqual(self.browser.complaints(), [])

    def test_draws_every_plot(self):
        """Pixels in the colour of one of its lines, which neither grid nor axes nor faults have."""
        self.browser.run("""
            window.drawnPixels = plot => {
              const wanted = Object.values(plot.graph.getOption("series")).map(series => {
                const probe = document.createElement("canvas").getContext("2d");
                probe.fillStyle = series.color;
                probe.fillRect(0, 0, 1, 1);
                return probe.getImageData(0, 0, 1, 1).data; });
              let found = 0;
              for (const canvas of plot.canvas.querySelectorAll("canvas")) {
                const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
                for (let at = 0; at < pixels.length; at += 4)
                  if (pixels[at + 3] > 200 && wanted.some(colour =>
                      [0, 1, 2].every(channel => Math.abs(pixels[at + channel] - colour[channel]) < 12))) ++found;
              }
              return found;
            };""")
        drawn = self.of_plots("drawnPixels(plot)")
        self.assertEqual(sorted(drawn), sorted(TIME_PLOTS + ["cdf", "ccdf", "availability-by-group"]))
        for plot, pixels in drawn.items():
            self.assertGreater(pixels, 200, plot)

    def test_zooms_all_time_plots_together(self):
        before = self.windows()
        canvas = self.canvas("throughput")
        ActionChains(self.browser.driver).move_to_element_with_offset(canvas, -100, 0).click_and_hold() \
            .move_by_offset(150, 0).release().perform()
        after = self.windows()
        for plot in TIME_PLOTS:
            self.assertEqual(after[plot], after["throughput"], plot)
            self.assertLess(after[plot][1] - after[plot][0], 0.5 * (before[plot][1] - before[plot][0]), plot)
        self.assertEqual(after["cdf"], before["cdf"])
        self.browser.driver.find_element(By.ID, "zoom-all").click()
        self.assertEqual(self.windows(), before)
        ActionChains(self.browser.driver).move_to_element_with_offset(self.canvas("latency"), -100, 0).click_and_hold() \
            .move_by_offset(150, 0).release().perform()
        self.assertNotEqual(self.windows(), before)
        ActionChains(self.browser.driver).double_click(self.canvas("in-doubt")).perform()
        self.assertEqual(self.windows(), before)

    def test_shows_values_under_the_pointer_in_all_time_plots(self):
        ActionChains(self.browser.driver).move_to_element(self.canvas("throughput")).perform()
        shown = self.of_plots("plot.values.textContent")
        for plot in TIME_PLOTS:
            self.assertRegex(shown[plot], r"^[\d.]+ s.*\d", plot)
        self.assertNotRegex(shown["cdf"], r"\d")

    def test_shades_faults_where_the_trace_has_them(self):
        trace = [line for line in trace_lines(self.run_folder) if line["what"] == "fault"]
        begins = {line["fault"]: line["t"] / 1e9 for line in trace if line["change"] == "begins"}
        ends = {line["fault"]: line["t"] / 1e9 for line in trace if line["change"] == "ends"}
        self.assertTrue(begins)
        drawn = self.browser.run("""
            return [...document.querySelectorAll("#fault-strip rect.fault")].map(rect => {
              const box = rect.getBoundingClientRect();
              return [Number(rect.dataset.fault), box.left, box.right]; })""")
        self.assertEqual({fault for fault, _, _ in drawn}, set(begins))
        for fault, left, right in drawn:
            for plot in ["throughput", "clocks"]:
                x = [self.browser.run("return paygridReport.xOf(arguments[0], arguments[1])", plot, date)
                     for date in (begins[fault], ends[fault])]
                self.assertLessEqual(abs(left - x[0]), 1)
                self.assertLessEqual(abs(right - x[1]), 1)
                self.assert_shaded(plot, x)

    def assert_shaded(self, plot, edges):
        """The ground of the plot changes its colour at both edges, within a pixel."""
        inside, outside = self.browser.run("""
            const plot = paygridReport.plots.find(other => other.spec.id === arguments[0]);
            const canvas = plot.canvas.querySelector("canvas"), context = canvas.getContext("2d");
            const scale = canvas.width / canvas.clientWidth, left = canvas.getBoundingClientRect().left;
            const area = plot.graph.getArea(), top = Math.ceil(area.y * scale), height = Math.floor(area.h * scale);
            const isShaded = x => {  // lines and the grid cross the ground here and there
              const column = context.getImageData(Math.floor((x - left) * scale), top, 1, height).data;
              let shaded = 0;
              for (let at = 3; at < column.length; at += 4) shaded += column[at] === 33 ? 1 : 0;
              return shaded > column.length / 8;
            };
            const [from, to] = [arguments[1], arguments[2]];
            return [[from + 1.5, to - 1.5].map(isShaded), [from - 1.5, to + 1.5].map(isShaded)];""", plot, *edges)
        self.assertEqual(inside, [True, True], plot)
        self.assertEqual(outside, [False, False], plot)

    def test_counts_the_messages_of_a_diagram_as_the_trace_does(self):
        sent = collections.Counter(line["payment"] for line in trace_lines(self.run_folder)
                                   if line["what"] == "packet" and line["fate"] == "sent")
        select = Select(self.browser.driver.find_element(By.CSS_SELECTOR, "#diagrams select"))
        for at, exemplar in enumerate(self.result["exemplars"]):
            select.select_by_index(at)
            text = self.browser.driver.find_element(By.ID, "diagram-messages").text
            self.assertEqual(int(text.split(" message")[0]), sent[exemplar["payment"]])
            drawn = self.browser.run("return document.getElementById('diagram').shadowRoot.querySelector('svg').textContent")
            self.assertIn(str(exemplar["payment"]), drawn)

    def test_states_figures_as_result_json_does(self):
        words = self.browser.driver.find_element(By.ID, "words").text
        for figure in ["submitted", "committed", "aborted", "unknown"]:
            self.assertIn(str(self.result["payments"][figure]), words)
        self.assertIn(self.result["trace_hash"], self.browser.driver.find_element(By.ID, "verdict").text)

    def test_fits_a_phone(self):
        self.browser.resize(360, 740)
        self.browser.open(self.page)
        self.assertEqual(self.browser.run("return document.documentElement.scrollWidth"), 360)
        text_sizes = self.browser.run("""
            return [...document.querySelectorAll("main p, main td")]
              .map(node => parseFloat(getComputedStyle(node).fontSize))""")
        self.assertGreaterEqual(min(text_sizes), 12)

    def test_can_be_used_from_the_keyboard(self):
        wanted = {"zoom-in", "zoom-out", "zoom-all", "diagram"} | {f"plot {plot}" for plot in TIME_PLOTS + ["cdf", "ccdf"]}
        reached = []
        body = self.browser.driver.find_element(By.TAG_NAME, "body")
        body.click()
        for _ in range(150):
            ActionChains(self.browser.driver).send_keys(Keys.TAB).perform()
            name = self.browser.run("""
                const at = document.activeElement;
                if (at.classList.contains("canvas")) return "plot " + at.closest("figure").id;
                return at.id || at.tagName.toLowerCase();""")
            reached.append(name)
            if name == "body":
                break
        self.assertLessEqual(wanted, set(reached), wanted - set(reached))
        self.assertIn("select", reached)
        self.assertIn("summary", reached)
        plots = [name for name in reached if name.startswith("plot ")]
        order = [f"plot {plot}" for plot in TIME_PLOTS[:-1] + ["cdf", "ccdf"] + TIME_PLOTS[-1:]]
        self.assertEqual(plots[:len(order)], order, "the focus goes down the page")

    def test_moves_through_values_with_arrow_keys(self):
        canvas = self.canvas("latency")
        self.browser.run("arguments[0].focus()", canvas)
        ActionChains(self.browser.driver).send_keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT).perform()
        values = self.browser.run("return paygridReport.plots.find(plot => plot.spec.id === 'latency').values.textContent")
        self.assertTrue(values.startswith("1 s"), values)

    def test_has_its_numbers_as_tables(self):
        rows = self.browser.run("""
            for (const details of document.querySelectorAll("details")) details.open = true;
            return new Promise(done => setTimeout(() => done([...document.querySelectorAll("figure")].map(
              figure => [figure.id, figure.querySelectorAll("tbody tr").length])), 0));""")
        for plot, count in rows:
            self.assertGreater(count, 10, plot)

    def test_shows_each_view_of_the_latency(self):
        select = Select(self.browser.driver.find_element(By.CSS_SELECTOR, "#distribution select"))
        for at in range(len(select.options)):
            select.select_by_index(at)
            self.assertTrue(self.browser.run("return document.querySelectorAll('#distribution canvas').length"))
        self.browser.run("dispatchEvent(new Event('beforeprint')); dispatchEvent(new Event('afterprint'));")
        self.assertEqual(self.browser.complaints(), [])


class Failures(unittest.TestCase):
    """Pages of runs that broke something."""

    def test_name_what_broke_first(self):
        with tempfile.TemporaryDirectory() as home:
            browser = Chromium()
            try:
                for scenario, broken in [("3pc-splits", "AC1"), ("2pc-blocks", "AC5")]:
                    run = record(home, scenario)
                    browser.requests()
                    browser.open(run / "report.html")
                    self.assertEqual(browser.requests(), [(run / "report.html").as_uri()])
                    self.assertEqual(browser.complaints(), [])
                    verdict = browser.driver.find_element(By.CSS_SELECTOR, ".verdict.fail strong").text
                    self.assertIn(broken, verdict)
            finally:
                browser.close()


class Estimators(unittest.TestCase):
    def test_are_shown_with_their_verdicts_and_a_plot_each(self):
        with tempfile.TemporaryDirectory() as home:
            run = record(home, "estimators/regime-change")
            rows = json.loads((run / "result.json").read_text())["estimators"]
            browser = Chromium()
            try:
                browser.open(run / "report.html")
                shown = browser.run("""
                    return [...document.querySelectorAll("#estimators > .scroll tbody tr")].map(row => row.cells[2].textContent)""")
                self.assertEqual([text.split(" ")[-1] for text in shown], [row["verdict"] or "\u2013" for row in rows])
                plots = browser.run("return [...document.querySelectorAll('#estimators .plot')].map(plot => plot.id)")
                self.assertEqual(plots, [f"estimate-{row['of']}-{row['with']}" for row in rows])
                of_all = browser.run("return JSON.stringify(paygridReport.plots.find(" +
                                     "plot => plot.spec.id === 'availability-by-group').spec.rows)")
                Select(browser.driver.find_element(By.CSS_SELECTOR, "#availability-groups select")).select_by_index(1)
                of_one = browser.run("return JSON.stringify(paygridReport.plots.find(" +
                                     "plot => plot.spec.id === 'availability-by-group').spec.rows)")
                self.assertNotEqual(of_one, of_all, "the band of a node is wider than that of all")
                self.assertEqual(browser.complaints(), [])
            finally:
                browser.close()


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]], verbosity=2)
