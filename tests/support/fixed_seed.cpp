// Linked into every test program: properties draw the same cases in every run, unless RC_PARAMS says otherwise.
#include <cstdlib>

namespace {
const int kFixed = setenv("RC_PARAMS", "seed=20250117", /*overwrite=*/0);
}  // namespace
