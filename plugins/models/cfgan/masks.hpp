#pragma once  // The masks of an epoch: which places of a fake the discriminator sees, and which ought to be zero.

#include <cstdint>
#include <vector>

#include "assay/interactions.hpp"
#include "assay/linalg.hpp"
#include "assay/random.hpp"
#include "assay/run.hpp"

namespace cfgan {

/// One bit for each place of each sample.
class Mask {
 public:
  Mask(std::int64_t samples, std::int64_t places)
      : words_((places + 31) / 32), bits_(static_cast<std::size_t>(samples * words_), 0) {}
  [[nodiscard]] const std::uint32_t* row(std::int64_t sample) const { return bits_.data() + sample * words_; }
  [[nodiscard]] std::uint32_t* row(std::int64_t sample) { return bits_.data() + sample * words_; }
  [[nodiscard]] std::int64_t words() const { return words_; }
  [[nodiscard]] bool has(std::int64_t sample, std::int64_t place) const {
    return row(sample)[place / 32] >> (place % 32) & 1u;
  }

 private:
  std::int64_t words_;
  std::vector<std::uint32_t> bits_;
};

/// Draws, for every sample, ⌊ratio · missing⌋ of its missing places without replacement; `with_known` sets the known
/// places too. A sample's draw depends on (random, sample) only, so equal randoms and ratios give equal masks.
void draw(assay::Executor& executor, assay::Random random, const assay::Interactions& samples, double ratio,
          bool with_known, Mask& mask);
/// The known places only.
void set_known(assay::Executor& executor, const assay::Interactions& samples, Mask& mask);

/// out[j] = mask has j ? x[j] : 0
void apply_mask(const std::uint32_t* mask, const float* x, std::int64_t places, float* out);
/// delta[j] = (mask has j ? delta[j] : 0) + (zero has j ? 2 · weight · y[j] : 0); returns Σ y² over zero's places.
/// `zero` may be null.
double masked_gradient(const std::uint32_t* mask, const std::uint32_t* zero, float weight, const float* y,
                       std::int64_t places, float* delta);

}  // namespace cfgan
