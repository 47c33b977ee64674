// The folder that a verb was told to write to.
#pragma once

#include <filesystem>

namespace paygrid::cli {

// An older result gives way to the new one; a folder that holds anything else must not. Throws std::invalid_argument.
void refuse_foreign_folder(const std::filesystem::path& folder);

}  // namespace paygrid::cli
