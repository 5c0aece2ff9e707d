#pragma once  // The parameters of the synthetic shop.

#include <cstdint>
#include <tuple>

#include "assay/params.hpp"

namespace assay::shop {

struct Params {
  std::int64_t users = 2000, items = 1000, interactions = 100'000;
  int segments = 8, categories = 40;
  double zipf = 1.0, activity = 0.7, affinity = 10, noise = 0.1;
  bool behaviours = true;
  double cart_rate = 0.3, purchase_rate = 0.4;
  int days = 90;
  std::int64_t seed = 1;

  static constexpr auto fields() {
    return std::tuple{
        field(&Params::users, "users", "Customers.").in(1, 1e9),
        field(&Params::items, "items", "Articles of the shop.").in(1, 1e8),
        field(&Params::interactions, "interactions", "Events of all kinds together.").in(1, 1e11),
        field(&Params::segments, "segments", "Groups of customers with a taste of their own.").in(1, 1000),
        field(&Params::categories, "categories", "Categories of articles; at least one for each segment.")
            .in(1, 100'000),
        field(&Params::zipf, "zipf", "Exponent of the articles' popularity: weight = rank^-zipf.").in(0, 3),
        field(&Params::activity, "activity", "Exponent of the customers' activity: weight = rank^-activity.").in(0, 3),
        field(&Params::affinity, "affinity", "How much likelier a segment is to look at its own categories.")
            .in(1, 1e6),
        field(&Params::noise, "noise", "Share of visits that go by popularity alone.").in(0, 1),
        field(&Params::behaviours, "behaviours", "Views lead to carts and purchases; else there is one kind of event."),
        field(&Params::cart_rate, "cart_rate",
              "Share of views in a segment's own categories that lead to a cart; half of it elsewhere.")
            .in(0, 1),
        field(&Params::purchase_rate, "purchase_rate", "Share of carts that lead to a purchase.").in(0, 1),
        field(&Params::days, "days", "The events spread over so many days from 2024-01-01 on.").in(1, 36'500),
        field(&Params::seed, "seed", "The same seed gives the same shop and the same events.").in(0, 9e18)};
  }
};

}  // namespace assay::shop
