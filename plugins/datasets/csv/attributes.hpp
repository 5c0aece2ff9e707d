#pragma once  // Reads attributes of users or items from a delimited file.

#include "assay/dataset.hpp"

#include "params.hpp"

namespace assay::csv {

struct AttributeFile {
  const char* table;       ///< "users", "items"
  const char* key_param;   ///< the parameter that names the id's column
  const char* list_param;  ///< the parameter that lists the attributes
  const std::string& path;
  const std::string& key;
  const std::vector<std::string>& columns;
};
void read_attributes(const AttributeFile& file, const Params& params, DatasetSink& sink);

}  // namespace assay::csv
