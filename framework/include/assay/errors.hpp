#pragma once  // Exceptions of the framework and its plugins. Thrown by value; the message is written for the user.

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include "assay/export.hpp"

namespace assay {

/// Base of all errors. what() says what happened, where, and what to do next.
class ASSAY_EXPORT Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
  Error(const Error&) = default;
  ~Error() override;
};

/// The experiment file, a dataset card or the command line is wrong. what() holds every finding, one a line.
class ASSAY_EXPORT ConfigError : public Error {
 public:
  using Error::Error;
  ConfigError(const ConfigError&) = default;
  ~ConfigError() override;
};

/// A library cannot be used, or a call into one of its components failed.
class ASSAY_EXPORT PluginError : public Error {
 public:
  using Error::Error;
  PluginError(const PluginError&) = default;
  ~PluginError() override;
};

/// A data file cannot be read or does not hold what was promised: "FILE:LINE: WHY"; line 0 means the file as a whole.
class ASSAY_EXPORT DataError : public Error {
 public:
  explicit DataError(const std::string& why);
  DataError(std::string_view file, std::int64_t line, std::string_view why);
  DataError(const DataError&) = default;
  ~DataError() override;
};

/// A failure that a retry may cure (a backend that is busy, a network that is down).
class ASSAY_EXPORT Unavailable : public Error {
 public:
  using Error::Error;
  Unavailable(const Unavailable&) = default;
  ~Unavailable() override;
};

/// The user asked to stop.
class ASSAY_EXPORT Cancelled : public Error {
 public:
  Cancelled();
  Cancelled(const Cancelled&) = default;
  ~Cancelled() override;
};

}  // namespace assay
