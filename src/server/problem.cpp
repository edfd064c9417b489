#include "server/problem.h"

#include <fmt/format.h>

#include "base/json_writer.h"

namespace sillar::server {
namespace {

std::string_view title_of(int status) {
  switch (status) {
    case 400:
      return "Bad request";
    case 401:
      return "Not authenticated";
    case 403:
      return "Forbidden";
    case 404:
      return "Not found";
    case 405:
      return "Method not allowed";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 415:
      return "Unsupported media type";
    case 422:
      return "Refused";
    case 429:
      return "Too many requests";
    case 503:
      return "Service unavailable";
    case 507:
      return "Insufficient storage";
    default:
      return status >= 500 ? "Internal error" : "Error";
  }
}

}  // namespace

Answer problem(int status, std::string_view code, std::string_view detail) {
  JsonWriter json;
  json.begin_object()
      .field("type", fmt::format("urn:sillar:problem:{}", code))
      .field("title", title_of(status))
      .field("status", std::int64_t{status})
      .field("code", code)
      .field("detail", detail)
      .end_object();
  Answer answer{status, json.take(), {{"Content-Type", "application/problem+json"}}};
  return answer;
}

Answer problem(const Error& error) {
  switch (error.code) {
    case ErrorCode::kInvalidInput:
      return problem(400, "invalid-input", error.message);
    case ErrorCode::kNotFound:
      return problem(404, "not-found", error.message);
    case ErrorCode::kLimit:
      return problem(422, "limit", error.message);
    case ErrorCode::kDenied:
      return problem(403, "forbidden", error.message);
    case ErrorCode::kRefused:
      return problem(422, "refused", error.message);
    case ErrorCode::kConflict:
      return problem(409, "conflict", error.message);
    case ErrorCode::kIo:
    case ErrorCode::kInternal:
      break;
  }
  return problem(500, "internal", "The server met an error of its own; its log says more.");
}

Answer disk_is_full() {
  Answer answer =
      problem(507, "disk-full",
              "The disk that holds the journal is almost full: nothing new is accepted. "
              "Free some space; work goes on by itself.");
  answer.headers.emplace_back("Retry-After", "10");
  return answer;
}

Answer queue_is_full() {
  Answer answer =
      problem(503, "overloaded", "More requests wait than the server takes. Try again shortly.");
  answer.headers.emplace_back("Retry-After", "1");
  return answer;
}

}  // namespace sillar::server
