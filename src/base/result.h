#pragma once

// Errors are values. A function that can fail returns Result<T>; the caller sees what it can react
// to in `code` and shows `message` to a person.

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace sillar {

// A code exists only where some caller reacts to it differently; the command line maps each to an
// exit code.
enum class ErrorCode : std::uint8_t {
  kInvalidInput,  // Malformed, contradictory or out-of-range input; names file, line, column and
                  // field.
  kNotFound,      // The named thing does not exist.
  kIo,            // The operating system refused to read or write.
  kLimit,         // A named bound was reached.
  kDenied,        // Whoever asks is not known, or may not.
  kRefused,       // A policy, a budget or a rule of the model says no.
  kConflict,      // What it was meant for has changed, or is there already.
  kInternal,      // Everything else.
};

struct [[nodiscard]] Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;

  // Returns this error with `context` put before its message, as errors travel up.
  [[nodiscard]] Error within(std::string_view context) const {
    return {code, std::string(context) + ": " + message};
  }
};

template <typename T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

[[nodiscard]] inline tl::unexpected<Error> fail(ErrorCode code, std::string message) {
  return tl::unexpected<Error>(Error{code, std::move(message)});
}
[[nodiscard]] inline tl::unexpected<Error> invalid(std::string message) {
  return fail(ErrorCode::kInvalidInput, std::move(message));
}

}  // namespace sillar

// Gives `name` the value of `expression`, or returns its error from the enclosing function.
#define SILLAR_TRY(name, expression)                                \
  auto name##_result = (expression);                                \
  if (!name##_result) return tl::unexpected(name##_result.error()); \
  auto name = std::move(*name##_result)

// Returns the error of `expression` from the enclosing function, if it has one.
#define SILLAR_TRY_STATUS(expression)                      \
  do {                                                     \
    if (auto status_result = (expression); !status_result) \
      return tl::unexpected(status_result.error());        \
  } while (false)
