// A prepared task: views into a mapped cache file.

#include "data/prepared.hpp"

#include <mutex>

#include "data/csr.hpp"
#include "data/json.hpp"
#include "data/layout.hpp"
#include "data/sections.hpp"

namespace assay {

struct PreparedTask::State {
  explicit State(const std::filesystem::path& path) : file(path, CacheKind::task) {
    info = prepared_info_from_json(file.text("info"));
    info.file = path;
    info.from_cache = true;
    users = ids_of(file, "users");
    items = ids_of(file, "items");
    const Index u = users.size(), i = items.size();
    train = csr_of(file, "train", u, i);
    train_by_item = csr_of(file, "train_by_item", i, u);
    validation = csr_of(file, "validation", u, i);
    test = csr_of(file, "test", u, i);
  }

  void unite_once() {
    std::call_once(united, [this] {
      if (validation.size() == 0) return;
      all = unite(train, validation);
      all_by_item = transpose(all.view());
    });
  }

  SectionFile file;
  PreparedInfo info;
  IdsView users, items;
  Interactions train{}, train_by_item{}, validation{}, test{};
  std::once_flag united;
  Csr all, all_by_item;
  TableView user_table, item_table;
};

PreparedTask::PreparedTask(std::unique_ptr<State> state) : state_(std::move(state)) {}
PreparedTask::PreparedTask(PreparedTask&&) noexcept = default;
PreparedTask& PreparedTask::operator=(PreparedTask&&) noexcept = default;
PreparedTask::~PreparedTask() = default;

PreparedTask PreparedTask::open(const std::filesystem::path& file) {
  auto state = std::make_unique<State>(file);
  state->user_table = table_of(state->file, "user_table", state->users.size());
  state->item_table = table_of(state->file, "item_table", state->items.size());
  return PreparedTask(std::move(state));
}

const PreparedInfo& PreparedTask::info() const noexcept { return state_->info; }
Index PreparedTask::users() const noexcept { return state_->users.size(); }
Index PreparedTask::items() const noexcept { return state_->items.size(); }
Interactions PreparedTask::train() const noexcept { return state_->train; }
Interactions PreparedTask::train_by_item() const noexcept { return state_->train_by_item; }
Interactions PreparedTask::validation() const noexcept { return state_->validation; }
Interactions PreparedTask::test() const noexcept { return state_->test; }

Interactions PreparedTask::train_and_validation() const {
  state_->unite_once();
  return state_->validation.size() == 0 ? state_->train : state_->all.view();
}
Interactions PreparedTask::train_and_validation_by_item() const {
  state_->unite_once();
  return state_->validation.size() == 0 ? state_->train_by_item : state_->all_by_item.view();
}

Table PreparedTask::user_table() const noexcept { return state_->user_table.table(); }
Table PreparedTask::item_table() const noexcept { return state_->item_table.table(); }
std::string PreparedTask::user_id(Index user) const { return state_->users.text(user); }
std::string PreparedTask::item_id(Index item) const { return state_->items.text(item); }
std::optional<Index> PreparedTask::find_user(std::string_view id) const { return state_->users.find(id); }
std::optional<Index> PreparedTask::find_item(std::string_view id) const { return state_->items.find(id); }

}  // namespace assay
