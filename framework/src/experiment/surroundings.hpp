#pragma once  // What lies outside an experiment file and decides how it is read: folders and the machine.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace assay {

struct Surroundings {
  std::filesystem::path working_folder;
  std::vector<std::filesystem::path> data_folders;  ///< $ASSAY_DATA
  std::vector<std::filesystem::path> card_folders;  ///< after the experiment's own
  int cores = 1;                                    ///< that this process may use
  std::int64_t memory_bytes = 0;                    ///< that processes here may take together; 0: not known
};
[[nodiscard]] Surroundings surroundings();

/// The folder of a file, as it was written: "." for a bare name.
[[nodiscard]] std::filesystem::path folder_of(const std::filesystem::path& file);

/// Looks for a file or folder: absolute, else in `beside`, each data folder, and data/ in the working folder. An empty
/// path where there is none; `searched` then lists the places.
[[nodiscard]] std::filesystem::path find_data(const std::string& path, const std::filesystem::path& beside,
                                              const Surroundings& around, std::vector<std::string>& searched);

}  // namespace assay
