#include "engine/agenda.h"

namespace sillar {

void Agenda::set(Kind kind, std::uint32_t subject, Time at) {
  const auto known = times_.find({kind, subject});
  if (known != times_.end()) {
    if (known->second == at) return;
    entries_.erase({known->second, kind, subject});
    times_.erase(known);
  }
  if (at == Time::never()) return;
  entries_.insert({at, kind, subject});
  times_.emplace(std::pair{kind, subject}, at);
}

}  // namespace sillar
