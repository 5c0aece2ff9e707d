#pragma once  // How ids, interactions and tables lie in the sections of a cache file: writing them and viewing them.

#include <string>

#include "assay/interactions.hpp"

#include "data/attributes.hpp"
#include "data/csr.hpp"
#include "data/ids.hpp"
#include "data/log.hpp"
#include "data/sections.hpp"

namespace assay {

// Each pair writes and reads PREFIX.…; what is written must live until SectionWriter::write().
void add_ids(SectionWriter& out, const std::string& prefix, const IdList& ids);
[[nodiscard]] IdsView ids_of(const SectionFile& file, const std::string& prefix);

void add_log(SectionWriter& out, const std::string& prefix, const Log& log);
[[nodiscard]] LogView log_of(const SectionFile& file, const std::string& prefix, Index users, Index items);

void add_csr(SectionWriter& out, const std::string& prefix, const Csr& csr);
[[nodiscard]] Interactions csr_of(const SectionFile& file, const std::string& prefix, Index rows, Index columns);

/// Bytes of tensors, tags and texts are written as they lie in `table`.
void add_table(SectionWriter& out, const std::string& prefix, const AttributeTable& table);
[[nodiscard]] TableView table_of(const SectionFile& file, const std::string& prefix, Index rows);

}  // namespace assay
