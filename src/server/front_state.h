#pragma once

// All parts of what the server keeps, as the journal's front.

#include <string>
#include <string_view>
#include <vector>

#include "journal/front.h"
#include "server/part.h"

namespace sillar::server {

class FrontState : public journal::Front {
 public:
  // Requires: the parts outlive this, each with an id of its own.
  explicit FrontState(std::vector<Part*> parts) : parts_(std::move(parts)) {}

  [[nodiscard]] Status restore(const std::string& name, std::string_view bytes) override;
  [[nodiscard]] Status apply(const std::string& name, std::string_view body) override;

  // A record as a journal keeps it.
  [[nodiscard]] static std::string body_of(PartId part, std::string_view record);
  [[nodiscard]] std::string state_bytes() const;

 private:
  [[nodiscard]] Part* find(std::int64_t id) const;

  std::vector<Part*> parts_;
};

}  // namespace sillar::server
