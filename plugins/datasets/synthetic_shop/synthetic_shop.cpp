// A shop that never was: customers with known tastes look, put into carts and buy. For tests, scale and teaching.
#include <string>
#include <utility>

#include "assay/dataset.hpp"
#include "assay/plugin.hpp"

#include "shop.hpp"
#include "table.hpp"

namespace assay::shop {

class SyntheticShop final : public Dataset {
 public:
  using Params = shop::Params;
  explicit SyntheticShop(Params params) : params_(params) { check(params_); }

  void read(DatasetSink& sink) override {
    const Shop shop(params_);
    read_events(shop, sink);
    read_users(shop, sink);
    read_items(shop, sink);
  }

 private:
  static constexpr std::size_t kRows = 65536;

  /// Ids are 1, 2, …; texts and numbers of a batch live here until the sink has copied them.
  struct Events {
    std::vector<std::int64_t> users, items, times;
    std::vector<std::string_view> behaviours;
  };

  void hand_over(DatasetSink& sink, Events& e, std::int64_t done) const {
    sink.interactions({Part::all, {e.users, {}}, {e.items, {}}, {}, e.times, e.behaviours});
    e.users.clear();
    e.items.clear();
    e.times.clear();
    e.behaviours.clear();
    reading::report_progress(sink, done, params_.interactions);
  }

  void read_events(const Shop& shop, DatasetSink& sink) const {
    Random random(shop.visits_key());
    Events events;
    std::int64_t done = 0;
    const auto add = [&](const Visit& visit, std::int64_t time, std::string_view behaviour) {
      if (done == params_.interactions) return;
      events.users.push_back(std::int64_t{visit.user} + 1);
      events.items.push_back(std::int64_t{visit.item} + 1);
      events.times.push_back(time);
      if (params_.behaviours) events.behaviours.push_back(behaviour);
      if (++done % static_cast<std::int64_t>(kRows) == 0) hand_over(sink, events, done);
    };
    while (done < params_.interactions) {
      const auto day = static_cast<std::int64_t>(static_cast<double>(done) / static_cast<double>(params_.interactions) *
                                                 params_.days);
      const Visit visit = shop.visit(random);
      std::int64_t time = shop.time_on(day, random);
      add(visit, time, "view");
      if (!params_.behaviours || random.uniform() >= params_.cart_rate * (visit.home ? 1 : 0.5)) continue;
      add(visit, time += minutes(random, 10), "cart");
      if (random.uniform() >= params_.purchase_rate) continue;
      add(visit, time += minutes(random, 60), "purchase");
    }
    if (!events.users.empty()) hand_over(sink, events, done);
  }

  /// Uniform in (0, most] minutes, as milliseconds.
  static std::int64_t minutes(Random& random, int most) noexcept {
    return 1 + static_cast<std::int64_t>(random.uniform() * most * 60'000);
  }

  void read_users(const Shop& shop, DatasetSink& sink) const {
    reading::TableBuilder table(sink, "users", reading::IdKind::number);
    const auto segment = table.column("segment", Column::Kind::tags);
    for (std::uint32_t user = 0; user < params_.users; ++user) {
      (void)table.row(std::to_string(user + 1));
      table.tag(segment, "segment " + std::to_string(shop.segment_of(user)));
    }
    table.flush();
  }

  void read_items(const Shop& shop, DatasetSink& sink) const {
    reading::TableBuilder table(sink, "items", reading::IdKind::number);
    const auto category = table.column("category", Column::Kind::tags),
               price = table.column("price", Column::Kind::number);
    for (std::uint32_t item = 0; item < params_.items; ++item) {
      (void)table.row(std::to_string(item + 1));
      table.tag(category, "category " + std::to_string(shop.category_of(item)));
      table.number(price, shop.price_of(item));
    }
    table.flush();
  }

  Params params_;
};

}  // namespace assay::shop

ASSAY_PLUGIN("synthetic_shop", "1.0.0",
             assay::component<assay::Dataset, assay::shop::SyntheticShop>(
                 "synthetic_shop", "A generated shop with known segments, categories and popularity."));
