// What items are described by: the tags and the words of their attributes.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/interactions.hpp"
#include "assay/sparse.hpp"

namespace terms {

/// The words of a text: runs of letters and digits, in lower case. Text is UTF-8; all beyond ASCII belongs to words but
/// spaces and punctuation (U+0080–U+00BF, ×, ÷, U+2000–U+206F, U+3000–U+303F), and bytes that are no UTF-8 part words.
/// Lower case is made of Latin, Greek and Cyrillic capitals up to U+042F that have theirs at a fixed distance.
[[nodiscard]] std::vector<std::string> words_of(std::string_view text);

/// A row an item, a column a term of one attribute: of `tags` columns the weights of the tags (1 where there are none),
/// of `text` columns how often a word occurs. `wanted`: names of columns; none: all that are tags or text. Throws
/// DataError where the data has no such column or it is wanted twice, and where no item has a term; and Cancelled.
[[nodiscard]] assay::SparseMatrix of_items(const assay::Run&, const assay::Table& items,
                                           std::span<const std::string> wanted, std::string_view model);

/// Row j: the k items most like item j by the cosine of their weighed terms.
[[nodiscard]] assay::SparseMatrix nearest(assay::Run&, const assay::SparseMatrix& described, int neighbours,
                                          const std::string& weighting, double shrink);

/// What of_items() and nearest() may take beside their lists where an item has up to 64 terms.
[[nodiscard]] std::int64_t memory(std::int64_t items);

}  // namespace terms
