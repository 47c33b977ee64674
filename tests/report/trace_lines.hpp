// A two-phase commit that loses a packet, doubles another and crashes a process, as the lines of a trace.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "analysis/history/trace_reader.hpp"

namespace paygrid::test {

inline const char* const kTrace = R"({"id":1,"t":0,"what":"process","process":"a/1","change":"started"}
{"id":2,"t":1000000,"what":"fact","process":"payers a","fact":"submitted","payment":4,"attempt":0}
{"id":3,"t":1000000,"what":"packet","packet":1,"fate":"sent","from":"payers a","to":"a/1","message":"submit","payment":4,"attempt":0,"argument":0,"epoch":0}
{"id":4,"t":1000000,"what":"packet","packet":1,"fate":"delivered","from":"payers a","to":"a/1","message":"submit","payment":4,"attempt":0,"argument":0,"epoch":0}
{"id":5,"t":1000000,"what":"fact","process":"a/1","fact":"begun","payment":4,"attempt":0}
{"id":6,"t":1000000,"what":"packet","packet":2,"fate":"sent","from":"a/1","to":"a/2","message":"PREPARE","payment":4,"attempt":0,"argument":0,"epoch":0}
{"id":7,"t":1000000,"what":"packet","packet":2,"fate":"duplicated","from":"a/1","to":"a/2","message":"PREPARE","payment":4,"attempt":0,"argument":0,"epoch":0}
{"id":8,"t":1000000,"what":"packet","packet":3,"fate":"sent","from":"a/1","to":"a/3","message":"PREPARE","payment":4,"attempt":0,"argument":0,"epoch":0}
{"id":9,"t":1000000,"what":"packet","packet":3,"fate":"lost","from":"a/1","to":"a/3","message":"PREPARE","payment":4,"attempt":0,"argument":0,"epoch":0}
{"id":10,"t":2000000,"what":"packet","packet":2,"fate":"delivered","from":"a/1","to":"a/2","message":"PREPARE","payment":4,"attempt":0,"argument":0,"epoch":0,"queued":20000}
{"id":11,"t":2000000,"what":"fact","process":"a/2","fact":"lock-wait","payment":4,"attempt":0,"account":9,"behind":3,"behind_attempt":0}
{"id":12,"t":2500000,"what":"packet","packet":2,"fate":"delivered","from":"a/1","to":"a/2","message":"PREPARE","payment":4,"attempt":0,"argument":0,"epoch":0}
{"id":13,"t":3000000,"what":"fact","process":"a/2","fact":"posted","payment":3,"attempt":0,"account":9,"amount":-100}
{"id":14,"t":3000000,"what":"fact","process":"a/2","fact":"locked","payment":4,"attempt":0}
{"id":15,"t":3000000,"what":"disk","process":"a/2","change":"forced","record":"PREPARED","payment":4,"attempt":0}
{"id":16,"t":4000000,"what":"disk","process":"a/2","change":"durable","record":"PREPARED","payment":4,"attempt":0}
{"id":17,"t":4000000,"what":"fact","process":"a/2","fact":"voted","payment":4,"attempt":0,"argument":"yes"}
{"id":18,"t":4000000,"what":"fact","process":"a/2","fact":"in-doubt","payment":4,"attempt":0}
{"id":19,"t":4000000,"what":"packet","packet":4,"fate":"sent","from":"a/2","to":"a/1","message":"YES","payment":4,"attempt":0,"argument":0,"epoch":0}
{"id":20,"t":4500000,"what":"fault","fault":1,"change":"begins","description":"crash a/1, \"late\""}
{"id":21,"t":4500000,"what":"process","process":"a/1","change":"crashed","fault":1}
{"id":22,"t":5000000,"what":"packet","packet":4,"fate":"receiver-down","from":"a/2","to":"a/1","message":"YES","payment":4,"attempt":0,"argument":0,"epoch":0}
)";

inline std::filesystem::path write_trace(const std::filesystem::path& folder, const std::string& text = kTrace) {
  std::ofstream(folder / "trace.jsonl", std::ios::binary) << text;
  return folder / "trace.jsonl";
}

inline std::vector<history::TraceLine> read_all(history::TraceReader& reader) {
  std::vector<history::TraceLine> lines;
  for (history::TraceLine line; reader.next(line);) lines.push_back(line);
  return lines;
}

}  // namespace paygrid::test
