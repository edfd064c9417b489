// The text form of the fleet.

#include <algorithm>

#include "model/mig.h"
#include "model/tables.h"

namespace sillar {
namespace {

constexpr std::array<std::string_view, 4> kCapacityNames{"owned", "reserved", "on-demand", "spot"};
constexpr std::array<std::string_view, 4> kHealthNames{"healthy", "suspect", "quarantined",
                                                       "probation"};
constexpr Choice<Health, 4> kHealth{&kHealthNames};

// First positions of a profile as a list, a bit mask in the record.
struct Starts {
  bool read(Decoder& decoder, const Value& value, std::uint8_t& out) const {
    std::vector<std::int32_t> starts;
    if (!List<Integer<std::int32_t>>{{0, kMigSlotsMax - 1}}.read(decoder, value, starts))
      return false;
    out = 0;
    for (const std::int32_t start : starts) out = static_cast<std::uint8_t>(out | 1U << start);
    return true;
  }
  [[nodiscard]] Value write(const Fleet&, std::uint8_t mask) const {
    Value out = Value::sequence();
    for (int slot = 0; slot < kMigSlotsMax; ++slot)
      if ((mask >> slot & 1) != 0) out.items.push_back(Value::plain(std::to_string(slot)));
    return out;
  }
  void schema(SchemaWriter& writer) const {
    List<Integer<std::int32_t>>{{0, kMigSlotsMax - 1}}.schema(writer);
  }
};

const Table<MigProfile>& mig_profile_table() {
  static const auto table = [] {
    Table<MigProfile> t("mig_profile", "A slice that a device can be cut into.");
    t.required("name", &MigProfile::name, Name{}, "The profile's name, such as 1g.10gb.");
    t.required("thousandths", &MigProfile::thousandths, Integer<std::int64_t>{1, kDevice},
               "Share of the device that quota and price count, in thousandths.");
    t.required("memory", &MigProfile::memory_bytes, Bytes{}, "Memory of one instance.");
    t.required("slots", &MigProfile::slots, Integer<std::uint8_t>{1, kMigSlotsMax},
               "Memory slots that one instance takes.");
    t.required("starts", &MigProfile::starts_mask, Starts{}, "Slots at which one may begin.");
    return t;
  }();
  return table;
}

// A list of profiles, or the name of a well-known table.
struct MigProfiles {
  using Profiles = std::vector<MigProfile>;

  bool read(Decoder& decoder, const Value& value, Profiles& out) const {
    if (value.kind == Value::Kind::kSequence)
      return List<Record<MigProfile>>{{&mig_profile_table}}.read(decoder, value, out);
    const auto names = mig_table_names();
    std::size_t index = 0;
    if (!read_choice(decoder, value, names.data(), names.size(), index)) return false;
    out = mig_table(names[index]);
    return true;
  }
  [[nodiscard]] Value write(const Fleet& fleet, const Profiles& profiles) const {
    for (const std::string_view name : mig_table_names())
      if (mig_table(name) == profiles) return Value::text(name);
    return List<Record<MigProfile>>{{&mig_profile_table}}.write(fleet, profiles);
  }
  void schema(SchemaWriter& writer) const {
    const auto names = mig_table_names();
    writer.json.key("anyOf").begin_array().begin_object();
    choice_schema(writer, names.data(), names.size());
    writer.json.end_object().begin_object();
    List<Record<MigProfile>>{{&mig_profile_table}}.schema(writer);
    writer.json.end_object().end_array();
  }
};

// {3: quarantined}: the devices that are not healthy.
struct DeviceHealth {
  using Pairs = std::vector<std::pair<std::int32_t, Health>>;

  bool read(Decoder& decoder, const Value& value, Pairs& out) const {
    if (value.kind != Value::Kind::kMapping)
      return decoder.fault(value, fmt::format("a mapping such as {{3: quarantined}} was expected, "
                                              "not {}",
                                              describe(value)));
    bool good = true;
    for (const auto& [key, field] : value.fields) {
      const Decoder::Step step(decoder, key);
      const auto index = parse_integer(key);
      Health health = Health::kHealthy;
      if (!index || *index < 0 || *index >= kDevicesPerNodeMax) {
        good = decoder.fault(field, fmt::format("'{}' is not the index of a device", key));
      } else if (kHealth.read(decoder, field, health)) {
        out.emplace_back(static_cast<std::int32_t>(*index), health);
      } else {
        good = false;
      }
    }
    return good;
  }
  [[nodiscard]] Value write(const Fleet& fleet, const Pairs& pairs) const {
    Value out = Value::mapping();
    for (const auto& [index, health] : pairs)
      out.set(std::to_string(index), kHealth.write(fleet, health));
    return out;
  }
  void schema(SchemaWriter& writer) const {
    JsonWriter& json = writer.json;
    json.field("type", "object").key("propertyNames").begin_object();
    json.field("pattern", "^[0-9]+$").end_object();
    json.key("additionalProperties").begin_object();
    kHealth.schema(writer);
    json.end_object();
  }
};

// Devices by class and memory as they stand on the node; the class joins the fleet if it is new.
bool resolve_class(Decoder& decoder, const Value& value, NodeText& node) {
  if (node.class_name.empty()) {
    if (node.accelerators == 0) return true;
    return decoder.fault(value, "a node with accelerators names their class");
  }
  std::vector<AcceleratorClass>& classes = decoder.fleet().classes;
  auto found = std::find_if(classes.begin(), classes.end(),
                            [&](const AcceleratorClass& c) { return c.name == node.class_name; });
  if (found == classes.end()) {
    if (classes.size() >= kClassesMax)
      return decoder.fault(value, fmt::format("a fleet has at most {} classes", kClassesMax));
    AcceleratorClass fresh;
    fresh.name = node.class_name;
    fresh.memory_bytes = node.accelerator_memory;
    classes.push_back(std::move(fresh));
    found = classes.end() - 1;
  } else if (node.accelerator_memory != 0) {
    if (found->memory_bytes == 0) found->memory_bytes = node.accelerator_memory;
    if (found->memory_bytes != node.accelerator_memory)
      return decoder.fault(value, fmt::format("accelerator_memory is {}, but class {} has {}",
                                              format_bytes(node.accelerator_memory),
                                              node.class_name, format_bytes(found->memory_bytes)));
  }
  node.accelerator_class = ClassId{static_cast<std::size_t>(found - classes.begin())};
  return true;
}

bool finish_node(Decoder& decoder, const Value& value, NodeText& node) {
  if (!resolve_class(decoder, value, node)) return false;
  if (node.place) node.location = decoder.intern(*node.place);
  if (node.device_health.empty()) return true;
  node.devices.assign(static_cast<std::size_t>(node.accelerators), Health::kHealthy);
  for (const auto& [index, health] : node.device_health) {
    if (index >= node.accelerators)
      return decoder.fault(value, fmt::format("device_health names device {}, but the node has {}",
                                              index, node.accelerators));
    node.devices[static_cast<std::size_t>(index)] = health;
  }
  // All healthy is written as nothing.
  const auto sick = [](Health h) { return h != Health::kHealthy; };
  if (std::none_of(node.devices.begin(), node.devices.end(), sick)) node.devices.clear();
  return true;
}

void spell_out(const Fleet& fleet, NodeText& node) {
  if (node.accelerator_class.valid())
    node.class_name = fleet.classes[node.accelerator_class.index()].name;
  if (node.location.valid()) node.place = fleet.locations[node.location.index()];
  for (std::size_t d = 0; d < node.devices.size(); ++d)
    if (node.devices[d] != Health::kHealthy)
      node.device_health.emplace_back(static_cast<std::int32_t>(d), node.devices[d]);
}

}  // namespace

const Table<AcceleratorClass>& class_table() {
  static const auto table = [] {
    Table<AcceleratorClass> t("accelerator_class", "A kind of accelerator.");
    t.required("name", &AcceleratorClass::name, Name{}, "The class's name, such as h100.");
    t.optional("memory", &AcceleratorClass::memory_bytes, Bytes{}, "Memory of one device.");
    t.optional("reserved_memory", &AcceleratorClass::reserved_bytes, Bytes{},
               "The driver's own share of it, never given to fractions.");
    t.optional("exchange", &AcceleratorClass::exchange_thousandths, Thousandths{1, 1'000'000'000},
               "Worth of one device in devices of the reference class.");
    t.optional("mig", &AcceleratorClass::mig, MigProfiles{},
               "Slices that a device can be cut into: profiles, or the name of a known table.");
    return t;
  }();
  return table;
}

const Table<Location>& location_table() {
  static const auto table = [] {
    Table<Location> t("location", "Where a thing stands.");
    t.required("provider", &Location::provider, Name{}, "Cloud provider or site owner.");
    t.required("region", &Location::region, Name{}, "Region of the provider.");
    t.optional("zone", &Location::zone, Name{}, "Zone within the region.");
    t.optional("country", &Location::country, Name{},
               "ISO 3166 code of two letters; absent: taken from the shipped location facts.");
    return t;
  }();
  return table;
}

const Table<NodeText>& node_table() {
  static const auto table = [] {
    Table<NodeText> t("node", "A machine, or `count` equal machines.");
    t.required("name", &NodeText::name, Name{},
               "The node's name; with count, {i} is the number of the copy.");
    t.optional("count", &NodeText::count, Integer<std::int32_t>{1, kCopiesMax},
               "How many such nodes there are; a name without {i} gets -0, -1 and so on.");
    t.optional("class", &NodeText::class_name, Name{}, "Class of its accelerators.");
    t.optional("accelerators", &NodeText::accelerators,
               Integer<std::int32_t>{0, kDevicesPerNodeMax}, "How many it has.");
    t.optional("accelerator_memory", &NodeText::accelerator_memory, Bytes{},
               "Memory of one of them, where the class does not state it.");
    t.optional("cpu", &NodeText::cpu, Thousandths{}, "Cores.");
    t.optional("memory", &NodeText::memory_bytes, Bytes{}, "Memory of the host.");
    t.optional("tasks_max", &NodeText::tasks_max, Integer<std::int32_t>{0},
               "Most tasks at once; 0: no bound.");
    t.optional("location", &NodeText::place, Optional<Record<Location>>{{&location_table}},
               "Where it stands.");
    t.optional("labels", &NodeText::labels, Labels{},
               "Labels that topologies and node_labels look at.");
    t.optional("capacity", &NodeText::capacity, Choice<CapacityKind, 4>{&kCapacityNames},
               "How the machine is paid for.");
    t.optional("instance_type", &NodeText::instance_type, Name{}, "Key into the price catalogue.");
    t.optional("price_per_hour", &NodeText::price_per_hour, PricePerHour{},
               "Price of the whole node; beats the catalogue.");
    t.optional("fabric_gbit", &NodeText::fabric_gbit, Integer<std::int64_t>{0, 1'000'000},
               "Network of the node in Gbit/s; 0: unknown.");
    t.optional("storage_mib_per_s", &NodeText::storage_mib_per_s,
               Integer<std::int64_t>{0, 1'000'000'000}, "Storage throughput; 0: unknown.");
    t.optional("health", &NodeText::health, kHealth, "State of the whole node.");
    t.optional("device_health", &NodeText::device_health, DeviceHealth{},
               "State of the devices that are not healthy, by index.");
    t.after(finish_node).before_print(spell_out);
    return t;
  }();
  return table;
}

const Table<Topology>& topology_table() {
  static const auto table = [] {
    Table<Topology> t("topology", "Levels at which nodes stand close to each other.");
    t.required("name", &Topology::name, Name{}, "The topology's name.");
    t.required("levels", &Topology::levels, List<Name>{},
               "Label keys, widest first; the level host needs no label.");
    return t;
  }();
  return table;
}

const Table<Fleet>& fleet_table() {
  static const auto table = [] {
    Table<Fleet> t("fleet", "What there is to schedule on.");
    t.optional("classes", &Fleet::classes, List<Record<AcceleratorClass>>{{&class_table}},
               "Kinds of accelerators; a class that only nodes name need not be listed.");
    t.optional("topologies", &Fleet::topologies, List<Record<Topology>>{{&topology_table}},
               "Levels at which nodes stand close to each other.");
    t.optional("nodes", &Fleet::nodes, CompactList<Node, NodeText>{&node_table, kNodeCount},
               "The machines.");
    return t;
  }();
  return table;
}

}  // namespace sillar
