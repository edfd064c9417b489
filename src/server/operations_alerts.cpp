#include "server/alerts.h"
#include "server/operations.h"
#include "server/shapes.h"

namespace sillar::server {
namespace {

constexpr std::string_view kDelivery = "/api/v1/alerts/deliveries/{id}";

Value delivery_state() {
  return shape::words({kDeliveryStates.begin(), kDeliveryStates.end()}, "How far it has come.");
}

Value alert_state() {
  return shape::words({"firing", "cleared", "withdrawn", "told"},
                      "firing: it lasts; cleared: it is over; withdrawn: no rule asks for it any "
                      "more; told: it was over as it happened.");
}

Value alert_shape() {
  return shape::object(
      "Something that a rule asks to be told of.",
      {{"id", shape::text("The same in all that is sent of it.")},
       {"state", alert_state()},
       {"rule", shape::text("The rule's name; empty: somebody tested a channel.")},
       {"code", shape::words({kAlertCodes.begin(), kAlertCodes.end()}, "What it is.")},
       {"severity",
        shape::words({kAlertSeverities.begin(), kAlertSeverities.end()}, "How much it matters.")},
       {"project", shape::text("Whose it is; empty: the fleet's.")},
       {"subject", shape::text("The workload, budget, node or device.")},
       {"threshold_percent", shape::count("Of budgets; 0: none.")},
       {"since", shape::time("When what it tells of began; of budgets, the period.")},
       {"until", shape::or_null(shape::time("When it is over by itself."))},
       {"fired", shape::time("When it fired.")},
       {"ended", shape::or_null(shape::time("When it was over."))},
       {"title", shape::ref("LocalText", "One line.")},
       {"text", shape::ref("LocalText", "One or two sentences.")},
       {"parameters", shape::map_of(shape::text("As a machine reads it."), "What the text says.")},
       {"channels", shape::list(shape::text("A channel's name."), "Who is told.")}});
}

std::vector<shape::Member> delivery_members() {
  return {{"id", shape::text("The same each time it is sent.")},
          {"alert", shape::text("The alert's id.")},
          {"tells", shape::words({"beginning", "end"}, "Which part of the alert it tells.")},
          {"code", shape::words({kAlertCodes.begin(), kAlertCodes.end()}, "What the alert is.")},
          {"project", shape::text("The alert's project; empty: the fleet's.")},
          {"title", shape::ref("LocalText", "The alert in one line.")},
          {"channel", shape::text("Where to.")},
          {"state", delivery_state()},
          {"attempts", shape::count("How often it was sent.")},
          {"next", shape::or_null(shape::time("When it is sent again."))},
          {"changed", shape::time("When something came of it last.")},
          {"error", shape::text("Why the last attempt failed; empty: it did not.")}};
}

Value channel_shape() {
  return shape::object("Where alerts are sent.",
                       {{"name", shape::text("Its name.")},
                        {"channel_kind", shape::words({"webhook", "slack", "teams", "pagerduty",
                                                       "alertmanager", "email"},
                                                      "What it speaks.")},
                        {"pending", shape::count("Deliveries that wait.")},
                        {"dead", shape::count("Deliveries that were given up.")},
                        {"delivered", shape::or_null(shape::time("When one arrived last."))},
                        {"error", shape::text("Why the last attempt failed; empty: it did not.")}});
}

std::vector<NamedShape> shapes() {
  return {
      {"AlertList", shape::page("AlertList", "What lasts first, newest first.", "Alert")},
      {"Alert", alert_shape()},
      {"DeliveryList", shape::page("DeliveryList", "Newest first.", "DeliveryItem")},
      {"DeliveryItem", shape::object("An alert on its way to a channel.", delivery_members())},
      {"Delivery",
       shape::answer("Delivery", "An alert on its way to a channel.", delivery_members())},
      {"AlertChannelList",
       shape::answer("AlertChannelList", "Channels, in the file's order.",
                     {{"items", shape::list(shape::ref("AlertChannel"))},
                      {"forgotten", shape::count("Dead deliveries that made room for others.")}})},
      {"AlertChannel", channel_shape()},
      {"ChannelTest",
       shape::answer("ChannelTest", "A test that is on its way.",
                     {{"channel", shape::text("Where to.")},
                      {"delivery", shape::text("Its id, to see what came of it.")}})},
  };
}

std::vector<Operation> lists() {
  return {
      {.method = "GET",
       .pattern = "/api/v1/alerts",
       .id = "listAlerts",
       .summary = "What has fired: what lasts, and what was over lately",
       .right = Action::kAlertView,
       .query = paged({project_filter(), {"state", alert_state()}}),
       .replies = {{200, "AlertList", "A page of those that the caller may see."}},
       .problems = {400}},
      {.method = "GET",
       .pattern = "/api/v1/alerts/deliveries",
       .id = "listDeliveries",
       .summary = "Alerts on their way to channels, those that were given up among them",
       .right = Action::kAlertView,
       .query = paged({project_filter(),
                       {"state", delivery_state()},
                       {"channel", shape::text("To this channel only.")}}),
       .replies = {{200, "DeliveryList", "A page of those that the caller may see."}},
       .problems = {400}},
      {.method = "GET",
       .pattern = "/api/v1/alerts/channels",
       .id = "listChannels",
       .summary = "Channels, and how they fare",
       .right = Action::kAlertView,
       .replies = {{200, "AlertChannelList", "All of them, without their secrets."}},
       .problems = {404}},
  };
}

}  // namespace

Chapter alert_chapter() {
  Chapter chapter{"alerts", "What people are told, and whether it reached them.", lists(), {}};
  chapter.operations.push_back({.method = "GET",
                                .pattern = kDelivery,
                                .id = "getDelivery",
                                .summary = "One delivery",
                                .right = Action::kAlertView,
                                .replies = {{200, "Delivery", "It."}},
                                .problems = {404}});
  chapter.operations.push_back(
      {.method = "POST",
       .pattern = "/api/v1/alerts/deliveries/{id}/retry",
       .id = "retryDelivery",
       .summary = "Takes a delivery that was given up up again",
       .doc = "One that waits or has arrived stays as it is.",
       .right = Action::kAlertConfigure,
       .replies = {{202, "Accepted", "It is sent, with the id that it had."}},
       .problems = {403, 404}});
  chapter.operations.push_back({.method = "POST",
                                .pattern = "/api/v1/alerts/channels/{name}/test",
                                .id = "testChannel",
                                .summary = "Sends a test through a channel",
                                .doc = "It is tried once.",
                                .right = Action::kAlertConfigure,
                                .replies = {{202, "ChannelTest", "It is on its way."}},
                                .problems = {403, 404}});
  chapter.shapes = shapes();
  return chapter;
}

}  // namespace sillar::server
