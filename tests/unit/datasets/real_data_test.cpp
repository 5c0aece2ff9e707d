// Published counts of real data sets; skipped where $ASSAY_DATA does not have them.
#include "fixture.hpp"

namespace assay::test {
namespace {

class RealData : public ReaderTest {
 protected:
  /// "$NAME$" in params stands for the path of that file; skips the test where one is absent.
  std::optional<Counter> count(const std::string& plugin, std::string params) {
    for (std::size_t begin; (begin = params.find('$')) != std::string::npos;) {
      const std::size_t end = params.find('$', begin + 1);
      const std::string name = params.substr(begin + 1, end - begin - 1);
      const auto path = find_data(name);
      if (!path) {
        missing_ = name + " is in none of the folders of $ASSAY_DATA";
        return std::nullopt;
      }
      params.replace(begin, end - begin + 1, *path);
    }
    Counter counter;
    open(plugin, params)->read(counter);
    return counter;
  }
  std::string missing_;
};

#define COUNT_OR_SKIP(name, plugin, params) \
  const auto name = count(plugin, params);  \
  if (!name) GTEST_SKIP() << missing_

TEST_F(RealData, MovieLens100K) {
  COUNT_OR_SKIP(c, "movielens", "{'path':'$ml-100k/u.data$'}");
  EXPECT_EQ(c->total, 100'000);
  EXPECT_EQ(c->users.size(), 943U);
  EXPECT_EQ(c->items.size(), 1'682U);
  EXPECT_EQ(c->bad, 0);
  EXPECT_NEAR(c->value_sum / 100'000, 3.52986, 1e-6);
  EXPECT_EQ(c->table_rows.at("items"), 1'682);
  EXPECT_EQ(c->table_rows.at("users"), 943);
}

TEST_F(RealData, MovieLens1M) {
  COUNT_OR_SKIP(c, "movielens", "{'path':'$ml-1m/ratings_no_timestamp.dat.gz$'}");
  EXPECT_EQ(c->total, 1'000'209);
  EXPECT_EQ(c->users.size(), 6'040U);
  EXPECT_EQ(c->items.size(), 3'706U);
  EXPECT_EQ(c->table_rows.at("items"), 3'883);
  EXPECT_EQ(c->table_rows.at("users"), 6'040);
  EXPECT_EQ(c->bad, 0);
}

TEST_F(RealData, CfganSplitOfMovieLens100K) {
  COUNT_OR_SKIP(c, "csv",
                "{'path':'$cfgan-ml100k/ML100K.train$','test_path':'$cfgan-ml100k/ML100K.test$','value':'2'}");
  EXPECT_EQ(c->rows_of.at(Part::train), 80'000);
  EXPECT_EQ(c->rows_of.at(Part::test), 19'963);
  EXPECT_EQ(c->users.size(), 943U);
  EXPECT_EQ(c->items.size(), 1'653U);
  EXPECT_EQ(c->bad, 0);
}

TEST_F(RealData, Yelp2018) {
  COUNT_OR_SKIP(c, "adjacency", "{'path':'$yelp2018/train.txt.gz$','test_path':'$yelp2018/test.txt.gz$'}");
  EXPECT_EQ(c->rows_of.at(Part::train), 1'237'259);
  EXPECT_EQ(c->rows_of.at(Part::test), 324'147);
  EXPECT_EQ(c->users.size(), 31'668U);
  EXPECT_EQ(c->items.size(), 38'048U);
}

TEST_F(RealData, AmazonElectronics) {
  COUNT_OR_SKIP(c, "adjacency",
                "{'path':'$amazon-electronics/train.txt$','test_path':'$amazon-electronics/test.txt$'}");
  EXPECT_EQ(c->total, 35'931);
  EXPECT_EQ(c->users.size(), 1'435U);
  EXPECT_EQ(c->items.size(), 1'522U);
}

TEST_F(RealData, AmazonCds) {
  COUNT_OR_SKIP(c, "adjacency", "{'path':'$amazon-cds/train.txt.gz$','test_path':'$amazon-cds/test.txt.gz$'}");
  EXPECT_EQ(c->total, 777'426);
  EXPECT_EQ(c->users.size(), 43'169U);
  EXPECT_EQ(c->items.size(), 35'648U);
}

TEST_F(RealData, LastFm) {
  COUNT_OR_SKIP(c, "csv", "{'path':'$lastfm/data1.txt$','test_path':'$lastfm/test1.txt$','value':'2'}");
  EXPECT_EQ(c->rows_of.at(Part::train), 42'135);
  EXPECT_EQ(c->rows_of.at(Part::test), 10'533);
  EXPECT_EQ(c->bad, 0);
}

TEST_F(RealData, OnlineRetail) {
  const std::string columns = "'user':'CustomerID','item':'StockCode','value':'Quantity','time':'InvoiceDate'";
  COUNT_OR_SKIP(all, "csv", "{'path':'$online-retail/online_retail.csv.gz$'," + columns + "}");
  EXPECT_EQ(all->bad, 135'080) << "rows without a customer";
  EXPECT_EQ(all->total, 541'909 - 135'080);
  EXPECT_EQ(all->users.size(), 4'372U);
  const auto known =
      count("csv", "{'path':'$online-retail/online_retail.csv.gz$','skip_missing':true," + columns + "}");
  EXPECT_EQ(known->bad, 0);
  EXPECT_EQ(known->total, all->total);
}

}  // namespace
}  // namespace assay::test
