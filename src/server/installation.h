#pragma once

// Who this control plane is: made once, with its journal. Names of what it starts elsewhere are
// derived from it, so that two control planes never take each other's work for their own.

#include <string>
#include <string_view>

#include "server/part.h"

namespace sillar::server {

inline constexpr std::size_t kInstallationIdBytes = 32;  // Hex digits.

class Installation : public Part {
 public:
  [[nodiscard]] PartId id() const override { return PartId::kInstallation; }
  void clear() override { name_.clear(); }
  [[nodiscard]] Status apply(std::string_view record) override;
  void append_state(std::string& out) const override { put_text(out, name_); }
  [[nodiscard]] Status read_state(std::string_view bytes) override { return apply(bytes); }

  [[nodiscard]] const std::string& name() const { return name_; }  // Empty: none was given yet.
  [[nodiscard]] static std::string record(std::string_view name);

 private:
  std::string name_;
};

}  // namespace sillar::server
