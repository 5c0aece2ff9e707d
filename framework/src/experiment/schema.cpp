// JSON Schema of experiment files: editors complete and check from it while the user types.

#include <nlohmann/json.hpp>

#include "experiment/reading.hpp"

namespace assay {
namespace {

using nlohmann::json;

constexpr const char* kFrame = R"json({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "Assay experiment",
  "description": "Datasets × models × seeds under one protocol. Comments are allowed, unknown keys are errors.",
  "type": "object",
  "required": ["datasets", "models"],
  "additionalProperties": false,
  "properties": {
    "$schema": {"type": "string"},
    "name": {"type": "string", "pattern": "^[A-Za-z0-9._-]+$", "description": "Default: the file's name."},
    "description": {"type": "string"},
    "datasets": {
      "type": "array", "minItems": 1,
      "description": "A card's name, a card's path, or a reader given in place.",
      "items": {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/dataset"}]}
    },
    "filter": {
      "type": "object", "additionalProperties": false,
      "description": "Applied in this order: time window, minimum rating, duplicates, k-core.",
      "properties": {
        "from": {"$ref": "#/$defs/time", "description": "Keep interactions from this time on."},
        "until": {"$ref": "#/$defs/time", "description": "Keep interactions before this time."},
        "min_rating": {"type": ["number", "null"], "description": "Keep values of at least this."},
        "duplicates": {"enum": [], "default": "max", "description": "What stays of several interactions of one user with one item."},
        "k_core": {"type": "integer", "minimum": 0, "description": "user_core and item_core together."},
        "user_core": {"type": "integer", "minimum": 0, "default": 0, "description": "Users with fewer interactions go, until all have so many."},
        "item_core": {"type": "integer", "minimum": 0, "default": 0, "description": "The same for items."}
      }
    },
    "split": {
      "type": "object", "additionalProperties": false,
      "description": "How interactions are divided into train, validation and test.",
      "properties": {
        "strategy": {"enum": [], "default": "random_holdout"},
        "test": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1, "default": 0.2, "description": "Share of the interactions."},
        "validation": {"type": ["number", "boolean"], "minimum": 0, "exclusiveMaximum": 1, "default": 0, "description": "Share; for leave_one_out true or false."},
        "per_user": {"type": "boolean", "default": true, "description": "random_holdout: shares of each user's interactions, else of all."},
        "last_by_time": {"type": "boolean", "default": true, "description": "leave_one_out: the last by time, else a random one."},
        "test_from": {"$ref": "#/$defs/time", "description": "temporal_global: a point in time instead of a share."},
        "validation_from": {"$ref": "#/$defs/time"},
        "seed": {"type": "integer", "minimum": 0, "default": 42}
      }
    },
    "models": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/model"}},
    "seeds": {
      "type": "array", "minItems": 1, "uniqueItems": true, "default": [1],
      "items": {"type": "integer", "minimum": 0},
      "description": "Models that are not seeded run once."
    },
    "training": {
      "type": "object", "additionalProperties": false,
      "description": "What happens between the epochs of an iterative model.",
      "properties": {
        "validate_every": {"type": "integer", "minimum": 1, "default": 5, "description": "Epochs between validations."},
        "patience": {"type": "integer", "minimum": 0, "default": 10, "description": "Validations without improvement before training stops; 0: never stop early."},
        "min_delta": {"type": "number", "minimum": 0, "default": 0, "description": "What counts as an improvement."},
        "metric": {"type": "string", "description": "Watched on the validation part; default: metrics.primary."},
        "keep": {"enum": [], "default": "best", "description": "Which weights are evaluated."},
        "refit": {"type": "boolean", "default": false, "description": "Train again on train + validation for the best number of epochs."},
        "profile": {"enum": [], "default": "train", "description": "What fold-in models see of a user at test."},
        "checkpoint_every": {"type": "integer", "minimum": 0, "default": 0, "description": "Epochs; 0: about every 30 s."}
      }
    },
    "metrics": {
      "type": "object", "additionalProperties": false,
      "properties": {
        "names": {"type": "array", "minItems": 1, "uniqueItems": true, "items": {"enum": []}},
        "cutoffs": {"type": "array", "minItems": 1, "uniqueItems": true, "items": {"type": "integer", "minimum": 1, "maximum": 100000}},
        "primary": {"type": "string", "description": "By which models are ranked, such as ndcg@10."}
      }
    },
    "reference": {"type": ["string", "null"], "description": "Label of the model that the others are compared with."},
    "resources": {
      "type": "object", "additionalProperties": false,
      "description": "Of each trial.",
      "properties": {
        "threads": {"type": "integer", "minimum": 1, "maximum": 1024, "default": 1},
        "memory_mb": {"type": "integer", "minimum": 0, "default": 0, "description": "0: no limit."},
        "seconds": {"type": "integer", "minimum": 0, "maximum": 3155760000, "default": 0, "description": "0: no limit."}
      }
    },
    "backend": {"$ref": "#/$defs/backend"},
    "reproducible": {"type": "boolean", "default": true, "description": "Pin the instruction set class of oneDNN."},
    "save_models": {"type": "boolean", "default": true}
  },
  "$defs": {
    "time": {
      "type": ["string", "integer", "null"],
      "description": "\"2003-02-28\", \"2003-02-28T12:30:00\" (UTC), or milliseconds since 1970."
    },
    "dataset": {
      "type": "object", "additionalProperties": false, "required": ["plugin"],
      "properties": {
        "plugin": {"enum": []}, "params": {"type": "object"},
        "name": {"type": "string", "pattern": "^[A-Za-z0-9._-]+$"},
        "title": {"type": "string"}, "description": {"type": "string"}, "synthetic": {"type": "boolean"},
        "skip_bad_lines": {"type": "boolean", "default": false, "description": "Skip and count lines that cannot be read."},
        "licence": {"type": "string"}, "citation": {"type": "string"},
        "obtain": {"type": "string", "description": "How a user gets the files."},
        "expected": {
          "type": "object", "additionalProperties": false,
          "description": "Of the unfiltered data; a mismatch is an error.",
          "properties": {
            "users": {"type": ["integer", "null"]}, "items": {"type": ["integer", "null"]},
            "interactions": {"type": ["integer", "null"]}, "fingerprint": {"type": ["string", "null"]}
          }
        }
      }
    },
    "model": {
      "type": "object", "additionalProperties": false, "required": ["plugin"],
      "properties": {
        "plugin": {"enum": []}, "params": {"type": "object"},
        "grid": {"type": "object", "minProperties": 1, "additionalProperties": {"type": "array", "minItems": 1},
                 "description": "A list of values for some parameters: a model with each combination."},
        "label": {"type": "string", "pattern": "^[A-Za-z0-9_-]+$", "description": "Unique; default: the plugin's name."}
      }
    },
    "backend": {
      "type": "object", "additionalProperties": false,
      "properties": {"plugin": {"enum": [], "default": "local"}, "params": {"type": "object"}}
    }
  }
})json";

template <class Value, std::size_t n>
json words(const std::pair<std::string_view, Value> (&options)[n]) {
  json out = json::array();
  for (const auto& option : options) out.push_back(option.first);
  return out;
}

/// Names the components of a kind, and ties "params" to the "plugin" beside it.
void add_components(json& definition, Kind kind, const Catalogue& catalogue) {
  json names = json::array(), rules = json::array();
  for (const auto& component : catalogue.components) {
    if (component.kind != kind) continue;
    names.push_back(component.name);
    json params = json::parse(params_schema(component));
    params.erase("$schema");
    rules.push_back({{"if", {{"properties", {{"plugin", {{"const", component.name}}}}}, {"required", {"plugin"}}}},
                     {"then", {{"properties", {{"params", params}}}}}});
  }
  definition["properties"]["plugin"]["enum"] = names;
  if (!rules.empty()) definition["allOf"] = rules;
}

}  // namespace

std::string experiment_schema(const Catalogue& catalogue) {
  json schema = json::parse(kFrame);
  json& properties = schema["properties"];
  properties["filter"]["properties"]["duplicates"]["enum"] = words(kDuplicateWords);
  properties["split"]["properties"]["strategy"]["enum"] = words(kStrategyWords);
  properties["training"]["properties"]["keep"]["enum"] = words(kKeepWords);
  properties["training"]["properties"]["profile"]["enum"] = words(kProfileWords);
  json& metric_names = properties["metrics"]["properties"]["names"]["items"]["enum"];
  for (const auto& metric : all_metrics()) metric_names.push_back(metric.name);
  add_components(schema["$defs"]["dataset"], Kind::dataset, catalogue);
  add_components(schema["$defs"]["model"], Kind::model, catalogue);
  add_components(schema["$defs"]["backend"], Kind::backend, catalogue);
  return schema.dump(2);
}

}  // namespace assay
