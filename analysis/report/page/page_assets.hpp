// Files of the report page, embedded by the build (analysis/report/page/embed.cmake).
#pragma once

#include <string_view>

namespace paygrid::report::page_assets {

extern const std::string_view kTemplate;        // page.html
extern const std::string_view kStyle;           // page.css
extern const std::string_view kScripts;         // *.js, in order of their names
extern const std::string_view kDygraphsStyle;   // dygraph.min.css
extern const std::string_view kDygraphsScript;  // dygraph.min.js

}  // namespace paygrid::report::page_assets
