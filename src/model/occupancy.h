#pragma once

// What running tasks hold of the fleet's nodes and devices, added up one task at a time. Says why a
// task does not fit, and finds devices for tasks that name none. Internal to model.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/fleet.h"
#include "model/workload.h"

namespace sillar {

class Occupancy {
 public:
  // Requires: `fleet` outlives this and its nodes have at most kDevicesPerNodeMax devices.
  explicit Occupancy(const Fleet& fleet);

  // The node of this name, or -1.
  [[nodiscard]] std::int64_t find_node(std::string_view name) const;

  // Adds one task of `request` on `node` with these devices. Errors (nothing is added then): the
  // devices do not exist, are not those that the request asks for, or have no room left.
  [[nodiscard]] Status add(std::size_t node, const Request& request,
                           const std::vector<std::int32_t>& devices);

  // The lowest devices that have room for one task of `request`; empty when there are not enough.
  [[nodiscard]] std::vector<std::int32_t> lowest_free(std::size_t node,
                                                      const Request& request) const;

 private:
  struct Device {
    std::int64_t thousandths = 0;  // Taken.
    std::uint8_t slots = 0;        // Taken memory slots.
  };
  struct Use {
    std::int32_t devices = 0;
    std::int64_t thousandths = 0;
    const MigProfile* profile = nullptr;
  };

  // What one task takes of devices of the node's class. Errors: the class is not accepted, has no
  // such profile or too little memory.
  [[nodiscard]] Result<Use> use_on(std::size_t node, const Request& request) const;
  [[nodiscard]] Status add_host(std::size_t node, const Request& request);
  [[nodiscard]] static bool has_room(const Use& use, const Device& device);
  [[nodiscard]] std::size_t index(std::size_t node, std::int32_t device) const {
    return node * kDevicesPerNodeMax + static_cast<std::size_t>(device);
  }

  const Fleet& fleet_;
  std::map<std::string_view, std::size_t> node_by_name_;
  std::vector<Device> devices_;
  std::vector<std::int64_t> cpu_, memory_;  // Taken.
  std::vector<std::int32_t> tasks_;
};

}  // namespace sillar
