// A good plugin with parameters of every type, which tells what it was given; and factories that refuse.

#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "assay/dataset.hpp"
#include "assay/model.hpp"
#include "assay/plugin.hpp"

namespace {

/// Reads one row a parameter: its name as the user, its value as the item.
class Echo final : public assay::Dataset {
 public:
  struct Params {
    bool flag = true;
    int count = 3;
    std::uint8_t small = 7;
    std::int64_t large = 1;
    double rate = 0.5;
    float step = 0.1F;
    double limit = std::numeric_limits<double>::infinity();
    std::string mode = "fast";
    std::string note = "say \"hi\"";
    assay::Path file;
    std::vector<int> layers{64, 32};
    std::vector<double> weights;
    std::vector<std::string> words{"a", "b"};
    static constexpr auto fields() {
      return std::tuple{
          assay::field(&Params::flag, "flag", "Yes or no."),
          assay::field(&Params::count, "count", "How many there are.").in(1, 10),
          assay::field(&Params::small, "small", "A number of one byte."),
          assay::field(&Params::large, "large", "A number of eight bytes.").at_least(-5),
          assay::field(&Params::rate, "rate", "A share.").above(0).below(1),
          assay::field(&Params::step, "step", "A number of four bytes.").at_least(0),
          assay::field(&Params::limit, "limit", "Where to stop; infinite for nowhere."),
          assay::field(&Params::mode, "mode", "How it is done.").one_of("fast", "exact"),
          assay::field(&Params::note, "note", "Any text."),
          assay::field(&Params::file, "file", "A file.").required(),
          assay::field(&Params::layers, "layers", "Sizes of the layers.").at_least(1),
          assay::field(&Params::weights, "weights", "Weights, any number of them.").in(0, 1),
          assay::field(&Params::words, "words", "Some words."),
      };
    }
  };
  explicit Echo(Params p) : p_(std::move(p)) {}

  void read(assay::DatasetSink& sink) override {
    tell(sink, "flag", p_.flag ? "true" : "false");
    tell(sink, "count", std::to_string(p_.count));
    tell(sink, "small", std::to_string(p_.small));
    tell(sink, "large", std::to_string(p_.large));
    tell(sink, "rate", std::to_string(p_.rate));
    tell(sink, "step", p_.step == 0.1F ? "0.1f" : std::to_string(p_.step));
    tell(sink, "limit", std::to_string(p_.limit));
    tell(sink, "mode", p_.mode);
    tell(sink, "note", p_.note);
    tell(sink, "file", p_.file.value);
    for (const int n : p_.layers) tell(sink, "layers", std::to_string(n));
    for (const double w : p_.weights) tell(sink, "weights", std::to_string(w));
    for (const auto& word : p_.words) tell(sink, "words", word);
  }

 private:
  static void tell(assay::DatasetSink& sink, std::string_view name, std::string_view value) {
    sink.interactions({assay::Part::all, {{}, {&name, 1}}, {{}, {&value, 1}}, {}, {}, {}});
  }
  Params p_;
};

/// Refuses values that are wrong together.
class Choosy final : public assay::Dataset {
 public:
  struct Params {
    int low = 1, high = 2;
    static constexpr auto fields() {
      return std::tuple{assay::field(&Params::low, "low", "The lower end."),
                        assay::field(&Params::high, "high", "The upper end.")};
    }
  };
  explicit Choosy(Params p) {
    if (p.low == 13) throw 13;  // not a std::exception
    if (p.low > p.high)
      throw std::invalid_argument("low is " + std::to_string(p.low) + ", above high (" + std::to_string(p.high) + ")");
  }
  void read(assay::DatasetSink&) override {}
};

/// The interface is its second base: its pointer is not the object's.
class Shifted final : public assay::Resumable, public assay::Dataset {
 public:
  void save_training(assay::Writer&) const override {}
  void load_training(assay::Reader&) override {}
  void read(assay::DatasetSink& sink) override { sink.progress(42, 42); }
};

}  // namespace

ASSAY_PLUGIN("good", "1.2.3", assay::component<assay::Dataset, Echo>("echo", "Tells what it was given."),
             assay::component<assay::Dataset, Choosy>("choosy", "Refuses what does not go together."),
             assay::component<assay::Dataset, Shifted>("shifted", "Has its interface as second base."));
