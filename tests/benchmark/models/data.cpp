// MovieLens 1M, random data of two shapes, and the files in which they are handed on.

#include "data.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <numeric>
#include <sstream>
#include <utility>
#include <vector>

#include "assay/random.hpp"

namespace assay::bench {
namespace {

using Pairs = std::vector<std::pair<Index, Index>>;

/// Of distinct pairs in any order.
SparseMatrix matrix(Pairs pairs, Index users, Index items) {
  SparseMatrix x;
  x.rows = users;
  x.columns = items;
  std::ranges::sort(pairs);
  x.offsets.assign(static_cast<std::size_t>(users) + 1, 0);
  x.column.reserve(pairs.size());
  for (const auto& [user, item] : pairs) {
    ++x.offsets[static_cast<std::size_t>(user) + 1];
    x.column.push_back(item);
  }
  std::partial_sum(x.offsets.begin(), x.offsets.end(), x.offsets.begin());
  x.value.assign(x.column.size(), 1);
  return x;
}

Pairs read_movielens(const std::string& file) {
  Pairs pairs;
  FILE* pipe = popen(("gzip -dc '" + file + "'").c_str(), "r");
  int user = 0, item = 0, rating = 0;
  while (pipe && std::fscanf(pipe, "%d::%d::%d\n", &user, &item, &rating) == 3) pairs.emplace_back(user - 1, item);
  if (pipe) pclose(pipe);
  std::vector<Index> items;
  for (const auto& pair : pairs) items.push_back(pair.second);
  std::ranges::sort(items);
  items.erase(std::unique(items.begin(), items.end()), items.end());
  for (auto& pair : pairs)
    pair.second = static_cast<Index>(std::ranges::lower_bound(items, pair.second) - items.begin());
  return pairs;
}

/// The popularity of item i falls like exp(−5 i / items); a user's activity is log-normal with this median.
Pairs invent(Index users, Index items, double median, double deviation) {
  Pairs pairs;
  Random random(1);
  const double tail = std::exp(-5.0);
  std::vector<Index> row;
  for (Index user = 0; user < users; ++user) {
    const double wanted = std::min(items * 0.4, std::max(1.0, median * std::exp(deviation * random.normal())));
    row.clear();
    for (int draw = 0; draw < static_cast<int>(wanted); ++draw)
      row.push_back(std::min(items - 1, static_cast<Index>(-std::log(1 - random.uniform() * (1 - tail)) / 5 * items)));
    std::ranges::sort(row);
    row.erase(std::unique(row.begin(), row.end()), row.end());
    for (const Index item : row) pairs.emplace_back(user, item);
  }
  return pairs;
}

template <class T>
void write_numbers(const std::filesystem::path& file, const std::vector<T>& numbers) {
  std::ofstream out(file, std::ios::binary);
  out.write(reinterpret_cast<const char*>(numbers.data()), static_cast<std::streamsize>(numbers.size() * sizeof(T)));
  if (!out.flush()) throw std::runtime_error("cannot write " + file.string());
}

template <class T>
void read_numbers(const std::filesystem::path& file, std::vector<T>& numbers, std::size_t count) {
  numbers.resize(count);
  std::ifstream in(file, std::ios::binary);
  if (!in.read(reinterpret_cast<char*>(numbers.data()), static_cast<std::streamsize>(count * sizeof(T))))
    throw std::runtime_error("cannot read " + file.string());
}

}  // namespace

void write(const std::filesystem::path& folder, const std::string& name, const SparseMatrix& x) {
  std::ofstream(folder / (name + ".shape")) << x.rows << ' ' << x.columns << ' ' << x.column.size() << '\n';
  write_numbers(folder / (name + ".offsets"), x.offsets);
  write_numbers(folder / (name + ".columns"), x.column);
}

SparseMatrix read(const std::filesystem::path& folder, const std::string& name) {
  SparseMatrix x;
  std::size_t size = 0;
  if (!(std::ifstream(folder / (name + ".shape")) >> x.rows >> x.columns >> size))
    throw std::runtime_error("there are no data \"" + name + "\" in " + folder.string());
  read_numbers(folder / (name + ".offsets"), x.offsets, static_cast<std::size_t>(x.rows) + 1);
  read_numbers(folder / (name + ".columns"), x.column, size);
  x.value.assign(size, 1);
  return x;
}

std::string movielens(SparseMatrix& out) {
  std::istringstream folders(std::getenv("ASSAY_DATA") ? std::getenv("ASSAY_DATA") : "");
  for (std::string folder; std::getline(folders, folder, ':');)
    if (const std::string file = folder + "/ml-1m/ratings_no_timestamp.dat.gz"; std::filesystem::exists(file)) {
      out = matrix(read_movielens(file), 6040, 3706);
      return "MovieLens 1M";
    }
  out = matrix(invent(6040, 3706, 110, 1.05), 6040, 3706);
  return "INVENTED data of the shape of MovieLens 1M (ml-1m is in no folder of $ASSAY_DATA)";
}

SparseMatrix like_movielens_20m() { return matrix(invent(136677, 20108, 47, 0.97), 136677, 20108); }

Split split(const SparseMatrix& all) {
  Pairs train, test;
  Random random(2);
  for (Index user = 0; user < all.rows; ++user)
    for (auto e = all.offsets[static_cast<std::size_t>(user)]; e < all.offsets[static_cast<std::size_t>(user) + 1]; ++e)
      (random.below(5) ? train : test).emplace_back(user, all.column[static_cast<std::size_t>(e)]);
  Split s{matrix(std::move(train), all.rows, all.columns), {}, matrix(std::move(test), all.rows, all.columns)};
  s.train_by_item = s.train.transposed();
  return s;
}

}  // namespace assay::bench
