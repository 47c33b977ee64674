# Writes the files of the report page as string literals into one C++ file:
#   cmake -D OUTPUT=... -D DYGRAPHS=<folder of dygraph.min.js> -P embed.cmake
# Requires: no file holds the text `)embedded"`.

set(here ${CMAKE_CURRENT_LIST_DIR})
file(WRITE ${OUTPUT}.part "#include \"analysis/report/page/page_assets.hpp\"\n\nnamespace paygrid::report::page_assets {\n\n")

function(embed name)
  file(APPEND ${OUTPUT}.part "const std::string_view ${name} =")
  foreach(path ${ARGN})
    file(READ ${path} text)
    # A browser would look for the map beside the page.
    string(REGEX REPLACE "(//#|/\\*#) sourceMappingURL=[^\n]*" "" text "${text}")
    file(APPEND ${OUTPUT}.part "\nR\"embedded(${text})embedded\"")
  endforeach()
  file(APPEND ${OUTPUT}.part ";\n\n")
endfunction()

file(GLOB scripts ${here}/*.js)
list(SORT scripts)
embed(kTemplate ${here}/page.html)
embed(kStyle ${here}/page.css)
embed(kScripts ${scripts})
embed(kDygraphsStyle ${DYGRAPHS}/dygraph.min.css)
embed(kDygraphsScript ${DYGRAPHS}/dygraph.min.js)
file(APPEND ${OUTPUT}.part "}  // namespace paygrid::report::page_assets\n")
file(RENAME ${OUTPUT}.part ${OUTPUT})
