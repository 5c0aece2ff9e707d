// Overrides from the command line.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "assay/errors.hpp"

#include "catalogue.hpp"
#include "experiment/overrides.hpp"

namespace assay {
namespace {

using test::complaint;
using test::parse;

const char* const kTwo = R"({"datasets": ["tiny"],
  "models": [{"plugin": "item_knn"}, {"plugin": "cfgan", "label": "gan"}], "training": {"patience": 0}})";

TEST(Overrides, GoToAModelByItsLabel) {
  const Experiment e =
      parse(kTwo, {"models.gan.epochs=7", "models.item_knn.params.shrink=2", "models.gan.label=other"});
  EXPECT_THAT(e.models[1].params, testing::HasSubstr("\"epochs\":7"));
  EXPECT_THAT(e.models[0].params, testing::HasSubstr("\"shrink\":2.0"));
  EXPECT_EQ(e.models[1].label, "other");
}

TEST(Overrides, ReachEverySectionAndMakeWhatIsMissing) {
  const Experiment e = parse(kTwo, {"seeds=[5,6]", "training.checkpoint_every=3", "backend.jobs=2", "name=mine",
                                    "resources.threads=1", R"(models.gan.mode=user)", "metrics.cutoffs=[7]"});
  EXPECT_EQ(e.seeds.size(), 2U);
  EXPECT_EQ(e.training.checkpoint_every, 3);
  EXPECT_EQ(e.backend.params, R"({"cores":0,"jobs":2})");
  EXPECT_EQ(e.name, "mine");
  EXPECT_THAT(e.models[1].params, testing::HasSubstr("\"mode\":\"user\""));  // a word needs no quotes
  EXPECT_EQ(e.metrics.primary, "ndcg@7");
}

TEST(Overrides, ThatLeadNowhereAreToldTheNearest) {
  EXPECT_EQ(
      complaint(kTwo, {"models.gna.epochs=7"}),
      "override models.gna.epochs=7: no model has the label \"gna\". Did you mean \"gan\"? Labels: item_knn, gan.");
  EXPECT_EQ(
      complaint(kTwo, {"models.gan.epocs=7"}),
      "override models.gan.epocs=7: /models/1/params/epocs: cfgan has no such parameter. Did you mean \"epochs\"?");
  EXPECT_EQ(complaint(kTwo, {"trainig.patience=7"}).substr(0, 80),
            "override trainig.patience=7: /trainig: unknown key. Did you mean \"training\"?");
  EXPECT_EQ(complaint(kTwo, {"datasets.3=x"}),
            "override datasets.3=x: \"3\" is not a place of that list: 0 to 1 (not included) are");
  EXPECT_EQ(complaint(kTwo, {"seeds..=2"}).substr(0, 39), "override seeds..=2: is not a path: writ");
}

TEST(Overrides, ThatAreNotUtf8AreRefused) {  // found by fuzzing: the JSON library threw when they were written
  EXPECT_THAT(complaint(kTwo, {"models.gan.l\xac=1"}), testing::HasSubstr("is not UTF-8"));
  EXPECT_THAT(complaint(kTwo, {"models.gan.mode=\xff"}), testing::HasSubstr("is not UTF-8"));
}

TEST(Overrides, NeedAnEqualsSign) {
  EXPECT_THROW((void)parse_override("models.x.y"), ConfigError);
  EXPECT_THROW((void)parse_override("=3"), ConfigError);
  EXPECT_EQ(parse_override("a.b=c=d").value, "c=d");
}

}  // namespace
}  // namespace assay
