#pragma once

// Alerts as the server keeps them: the rules, what is open and what was lately over, and the
// outbox: one delivery for each alert's beginning and end and each channel, from when it was
// decided until it has arrived or been given up. A delivery's id is made of what is durable, so a
// receiver that remembers ids has each one once, however often it is sent.

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/alert.h"
#include "server/part.h"

namespace sillar::server {

enum class DeliveryState : std::uint8_t { kPending, kDelivered, kDead };
inline constexpr std::array<std::string_view, 3> kDeliveryStates{"pending", "delivered", "dead"};

struct Delivery {
  std::string id;            // 32 hex digits.
  std::uint64_t number = 0;  // Later ones have greater numbers.
  Alert alert;               // As it was then; over: with its end.
  std::string channel;
  DeliveryState state = DeliveryState::kPending;
  std::int32_t attempts = 0;  // In all.
  std::int32_t tries = 0;     // Since it was last taken up.
  Time next;                  // While pending: not before.
  Time changed;               // When its state or attempts did.
  std::string error;          // Of the last attempt; empty: none, or it arrived.

  [[nodiscard]] bool over() const {
    return alert.end == AlertEnd::kCleared || alert.end == AlertEnd::kWithdrawn;
  }
};

// What came of an attempt.
struct DeliveryOutcome {
  DeliveryState state = DeliveryState::kDelivered;
  Time next;          // kPending: when to try again.
  std::string error;  // But for kDelivered.
};

// Beyond these a new delivery is dead at once; it can be retried like any other.
inline constexpr std::size_t kDeliveriesPendingMax = 10'000;
// The oldest are forgotten first.
inline constexpr std::size_t kDeliveriesDeadMax = 1'000;
inline constexpr std::size_t kDeliveriesDoneMax = 500;
inline constexpr std::size_t kEndedAlertsMax = 1'000;
inline constexpr std::size_t kDeliveryErrorBytesMax = 512;

class Alerts : public Part {
 public:
  using Deliveries = std::map<std::uint64_t, std::shared_ptr<const Delivery>>;

  [[nodiscard]] PartId id() const override { return PartId::kAlerts; }
  void clear() override;
  [[nodiscard]] Status apply(std::string_view record) override;
  void append_state(std::string& out) const override;
  [[nodiscard]] Status read_state(std::string_view bytes) override;

  [[nodiscard]] const std::vector<AlertRule>& rules() const { return rules_; }
  [[nodiscard]] const OpenAlerts& open() const { return open_; }
  [[nodiscard]] const std::deque<Alert>& ended() const { return ended_; }  // The last one last.
  [[nodiscard]] const Deliveries& deliveries() const { return deliveries_; }
  // Null: there is none, or it is forgotten.
  [[nodiscard]] std::shared_ptr<const Delivery> delivery(std::string_view id) const;
  [[nodiscard]] std::size_t count(DeliveryState state) const { return of(state).size(); }
  // Dead ones that were forgotten to make room.
  [[nodiscard]] std::uint64_t forgotten() const { return forgotten_; }
  // Another one after each record.
  [[nodiscard]] std::uint64_t revision() const { return revision_; }

  [[nodiscard]] static std::string rules_record(const std::vector<AlertRule>& rules);
  // Requires: it is not open. Its deliveries are made by this record.
  [[nodiscard]] static std::string fired_record(const Alert& alert);
  // Requires: an open alert. `tell`: the channels that are told.
  [[nodiscard]] static std::string ended_record(std::string_view alert, AlertEnd end, Time at,
                                                const std::vector<std::string>& tell);
  // Requires: a pending delivery.
  [[nodiscard]] static std::string attempted_record(std::string_view delivery, Time at,
                                                    const DeliveryOutcome& outcome);
  // Requires: a dead delivery.
  [[nodiscard]] static std::string retried_record(std::string_view delivery, Time at);

 private:
  using Numbers = std::set<std::uint64_t>;

  [[nodiscard]] bool apply_rules(ByteReader& in);
  [[nodiscard]] bool apply_fired(ByteReader& in);
  [[nodiscard]] bool apply_ended(ByteReader& in);
  [[nodiscard]] bool apply_attempted(ByteReader& in);
  [[nodiscard]] bool apply_retried(ByteReader& in);
  void add_deliveries(const Alert& alert, const std::vector<std::string>& channels, Time at);
  void put(Delivery delivery);
  void keep_ended(Alert alert);
  void forget_beyond(DeliveryState state, std::size_t most);
  [[nodiscard]] const Numbers& of(DeliveryState state) const {
    return by_state_[static_cast<std::size_t>(state)];
  }

  std::vector<AlertRule> rules_;
  OpenAlerts open_;
  std::deque<Alert> ended_;
  Deliveries deliveries_;
  std::uint64_t next_number_ = 1;
  std::uint64_t forgotten_ = 0;
  // What follows from the above.
  std::map<std::string, std::uint64_t, std::less<>> ids_;
  std::array<Numbers, kDeliveryStates.size()> by_state_;
  std::uint64_t revision_ = 0;
};

}  // namespace sillar::server
