#include "server/alerts.h"

#include <limits>

#include "base/hash.h"
#include "model/names.h"

namespace sillar::server {
namespace {

enum class RecordKind : std::uint8_t { kRules, kFired, kEnded, kAttempted, kRetried };

constexpr std::size_t kIdBytes = 32;
constexpr std::int64_t kNumberMax = std::int64_t{1} << 60;

std::string begin_record(RecordKind kind) {
  std::string out;
  put_number(out, static_cast<std::int64_t>(kind));
  return out;
}

std::string delivery_id(const Alert& alert, std::string_view channel, std::uint64_t number) {
  std::string text;
  put_text(text, alert.id);
  put_text(text, channel);
  put_number(text, static_cast<std::int64_t>(alert.end));
  put_count(text, number);
  return hash_bytes(text).hex();
}

void put_delivery(std::string& out, const Delivery& delivery) {
  put_count(out, delivery.number);
  put_alert(out, delivery.alert);
  put_text(out, delivery.channel);
  put_number(out, static_cast<std::int64_t>(delivery.state));
  put_number(out, delivery.attempts);
  put_number(out, delivery.tries);
  put_number(out, delivery.next.ns);
  put_number(out, delivery.changed.ns);
  put_text(out, delivery.error);
}

std::int32_t read_count(ByteReader& in) {
  return static_cast<std::int32_t>(in.number(0, std::numeric_limits<std::int32_t>::max()));
}

Delivery read_delivery(ByteReader& in) {
  Delivery delivery;
  delivery.number = static_cast<std::uint64_t>(in.number(1, kNumberMax));
  delivery.alert = read_alert(in);
  delivery.channel = in.text(kNameBytesMax);
  delivery.state = in.word(DeliveryState::kDead);
  delivery.attempts = read_count(in);
  delivery.tries = read_count(in);
  delivery.next = in.time();
  delivery.changed = in.moment();
  delivery.error = in.text(kDeliveryErrorBytesMax);
  delivery.id = delivery_id(delivery.alert, delivery.channel, delivery.number);
  return delivery;
}

}  // namespace

void Alerts::clear() {
  rules_.clear();
  open_.clear();
  ended_.clear();
  deliveries_.clear();
  next_number_ = 1;
  forgotten_ = 0;
  ids_.clear();
  for (Numbers& numbers : by_state_) numbers.clear();
  ++revision_;
}

std::shared_ptr<const Delivery> Alerts::delivery(std::string_view id) const {
  const auto found = ids_.find(id);
  return found == ids_.end() ? nullptr : deliveries_.at(found->second);
}

void Alerts::put(Delivery delivery) {
  const std::uint64_t number = delivery.number;
  if (const auto before = deliveries_.find(number); before != deliveries_.end())
    by_state_[static_cast<std::size_t>(before->second->state)].erase(number);
  by_state_[static_cast<std::size_t>(delivery.state)].insert(number);
  ids_[delivery.id] = number;
  deliveries_[number] = std::make_shared<const Delivery>(std::move(delivery));
  forget_beyond(DeliveryState::kDead, kDeliveriesDeadMax);
  forget_beyond(DeliveryState::kDelivered, kDeliveriesDoneMax);
}

void Alerts::forget_beyond(DeliveryState state, std::size_t most) {
  Numbers& numbers = by_state_[static_cast<std::size_t>(state)];
  while (numbers.size() > most) {
    const std::uint64_t oldest = *numbers.begin();
    ids_.erase(deliveries_.at(oldest)->id);
    deliveries_.erase(oldest);
    numbers.erase(oldest);
    if (state == DeliveryState::kDead) ++forgotten_;
  }
}

void Alerts::keep_ended(Alert alert) {
  ended_.push_back(std::move(alert));
  while (ended_.size() > kEndedAlertsMax) ended_.pop_front();
}

void Alerts::add_deliveries(const Alert& alert, const std::vector<std::string>& channels, Time at) {
  for (const std::string& channel : channels) {
    Delivery delivery;
    delivery.number = next_number_++;
    delivery.id = delivery_id(alert, channel, delivery.number);
    delivery.alert = alert;
    delivery.channel = channel;
    delivery.next = at;
    delivery.changed = at;
    if (of(DeliveryState::kPending).size() >= kDeliveriesPendingMax) {
      delivery.state = DeliveryState::kDead;
      delivery.error = "too many deliveries wait";
    }
    put(std::move(delivery));
  }
}

std::string Alerts::rules_record(const std::vector<AlertRule>& rules) {
  std::string out = begin_record(RecordKind::kRules);
  put_alert_rules(out, rules);
  return out;
}

std::string Alerts::fired_record(const Alert& alert) {
  std::string out = begin_record(RecordKind::kFired);
  put_alert(out, alert);
  return out;
}

std::string Alerts::ended_record(std::string_view alert, AlertEnd end, Time at,
                                 const std::vector<std::string>& tell) {
  std::string out = begin_record(RecordKind::kEnded);
  put_text(out, alert);
  put_number(out, static_cast<std::int64_t>(end));
  put_number(out, at.ns);
  put_count(out, tell.size());
  for (const std::string& channel : tell) put_text(out, channel);
  return out;
}

std::string Alerts::attempted_record(std::string_view delivery, Time at,
                                     const DeliveryOutcome& outcome) {
  std::string out = begin_record(RecordKind::kAttempted);
  put_text(out, delivery);
  put_number(out, at.ns);
  put_number(out, static_cast<std::int64_t>(outcome.state));
  put_number(out, outcome.next.ns);
  put_text(out, std::string_view(outcome.error).substr(0, kDeliveryErrorBytesMax));
  return out;
}

std::string Alerts::retried_record(std::string_view delivery, Time at) {
  std::string out = begin_record(RecordKind::kRetried);
  put_text(out, delivery);
  put_number(out, at.ns);
  return out;
}

bool Alerts::apply_rules(ByteReader& in) {
  auto rules = read_alert_rules(in);
  if (!in.ok()) return false;
  rules_ = std::move(rules);
  return true;
}

bool Alerts::apply_fired(ByteReader& in) {
  Alert alert = read_alert(in);
  const bool fresh = alert.end == AlertEnd::kOpen || alert.end == AlertEnd::kAtOnce;
  if (!in.ok() || !fresh || open_.contains(alert.id)) return false;
  add_deliveries(alert, alert.channels, alert.fired);
  if (alert.end == AlertEnd::kAtOnce)
    keep_ended(std::move(alert));
  else
    open_.emplace(alert.id, alert);
  return true;
}

bool Alerts::apply_ended(ByteReader& in) {
  const auto found = open_.find(std::string(in.text(kIdBytes)));
  const auto end = in.word(AlertEnd::kWithdrawn);
  const Time at = in.moment();
  const std::size_t channels = in.count();
  std::vector<std::string> tell;
  for (std::size_t i = 0; in.ok() && i < channels; ++i) tell.emplace_back(in.text(kNameBytesMax));
  if (!in.ok() || found == open_.end() || end == AlertEnd::kOpen) return false;
  Alert alert = std::move(found->second);
  open_.erase(found);
  alert.end = end;
  alert.ended = at;
  add_deliveries(alert, tell, at);
  keep_ended(std::move(alert));
  return true;
}

bool Alerts::apply_attempted(ByteReader& in) {
  const auto found = delivery(in.text(kIdBytes));
  const Time at = in.moment();
  const auto state = in.word(DeliveryState::kDead);
  const Time next = in.time();
  std::string error(in.text(kDeliveryErrorBytesMax));
  if (!in.ok() || found == nullptr || found->state != DeliveryState::kPending) return false;
  Delivery delivery = *found;
  delivery.state = state;
  ++delivery.attempts;
  ++delivery.tries;
  delivery.next = next;
  delivery.changed = at;
  delivery.error = std::move(error);
  put(std::move(delivery));
  return true;
}

bool Alerts::apply_retried(ByteReader& in) {
  const auto found = delivery(in.text(kIdBytes));
  const Time at = in.moment();
  if (!in.ok() || found == nullptr || found->state != DeliveryState::kDead) return false;
  Delivery delivery = *found;
  delivery.state = DeliveryState::kPending;
  delivery.tries = 0;
  delivery.next = at;
  delivery.changed = at;
  put(std::move(delivery));
  return true;
}

Status Alerts::apply(std::string_view record) {
  ByteReader in(record);
  bool good = false;
  switch (in.word(RecordKind::kRetried)) {
    case RecordKind::kRules:
      good = apply_rules(in);
      break;
    case RecordKind::kFired:
      good = apply_fired(in);
      break;
    case RecordKind::kEnded:
      good = apply_ended(in);
      break;
    case RecordKind::kAttempted:
      good = apply_attempted(in);
      break;
    case RecordKind::kRetried:
      good = apply_retried(in);
      break;
  }
  ++revision_;
  if (!good || !in.ok() || in.left() > 0) return invalid("an alert that no server keeps");
  return {};
}

void Alerts::append_state(std::string& out) const {
  put_alert_rules(out, rules_);
  put_count(out, open_.size());
  for (const auto& [id, alert] : open_) put_alert(out, alert);
  put_count(out, ended_.size());
  for (const Alert& alert : ended_) put_alert(out, alert);
  put_count(out, next_number_);
  put_count(out, forgotten_);
  put_count(out, deliveries_.size());
  for (const auto& [number, delivery] : deliveries_) put_delivery(out, *delivery);
}

Status Alerts::read_state(std::string_view bytes) {
  constexpr std::size_t kAlertBytes = 14;
  ByteReader in(bytes);
  rules_ = read_alert_rules(in);
  const std::size_t open = in.count(kAlertBytes);
  for (std::size_t i = 0; in.ok() && i < open; ++i) {
    Alert alert = read_alert(in);
    if (alert.end != AlertEnd::kOpen || (!open_.empty() && alert.id <= open_.rbegin()->first))
      in.fail();
    open_.emplace(alert.id, alert);
  }
  const std::size_t ended = in.count(kAlertBytes);
  if (ended > kEndedAlertsMax) in.fail();
  for (std::size_t i = 0; in.ok() && i < ended; ++i) {
    ended_.push_back(read_alert(in));
    if (ended_.back().end == AlertEnd::kOpen) in.fail();
  }
  next_number_ = static_cast<std::uint64_t>(in.number(1, kNumberMax));
  forgotten_ = static_cast<std::uint64_t>(in.number(0, kNumberMax));
  const std::size_t deliveries = in.count(kAlertBytes);
  std::uint64_t last = 0;
  for (std::size_t i = 0; in.ok() && i < deliveries; ++i) {
    Delivery delivery = read_delivery(in);
    if (delivery.number <= last || delivery.number >= next_number_) in.fail();
    last = delivery.number;
    if (in.ok()) put(std::move(delivery));
  }
  if (!in.ok() || in.left() > 0 || deliveries_.size() != deliveries)
    return invalid("alerts that no server keeps");
  return {};
}

}  // namespace sillar::server
