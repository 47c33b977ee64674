// What the scenario loader promises for any text, as one function that the fuzzer and the tests share.
#pragma once

#include <string>
#include <string_view>

namespace paygrid::fuzz {

struct LoaderAnswer {
  bool accepted = false;
  std::string broken;  // the promise that was broken; empty: none
};

// A text is either refused with a ScenarioError of one line, or its resolved form reads back, in any folder, to the same
// resolved form. Lines that begin with "#--set " are given as overrides, so that those are tried as well.
LoaderAnswer ask_loader(std::string_view text);

}  // namespace paygrid::fuzz
