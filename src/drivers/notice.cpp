#include "drivers/notice.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "base/json_writer.h"

namespace sillar::drivers {
namespace {

constexpr std::size_t kDetailsMax = 10;  // Slack takes ten fields in a section.
constexpr std::size_t kDetailBytesMax = 500;
constexpr std::size_t kTitleBytesMax = 150;     // Slack's header.
constexpr std::size_t kTextBytesMax = 2000;     // Slack's section takes 3000 characters.
constexpr std::size_t kSummaryBytesMax = 1024;  // PagerDuty.
constexpr std::size_t kDedupBytesMax = 255;     // PagerDuty.
// How long Alertmanager believes in what it is not told the end of.
constexpr Duration kAlertmanagerLasts = Duration::hours(24 * 30);

net::ClientRequest json_post(std::string body) {
  net::ClientRequest request;
  request.method = "POST";
  request.headers = {{"Content-Type", "application/json"}};
  request.body = std::move(body);
  return request;
}

// The three characters that Slack gives a meaning to, in every text.
std::string slack_text(std::string_view text, std::size_t bytes_max) {
  std::string out;
  for (const char c : front_of(text, bytes_max)) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else
      out += c;
  }
  return out;
}

void write_plain_text(JsonWriter& json, std::string_view text) {
  json.begin_object().field("type", "plain_text").field("text", text);
  json.field_bool("emoji", false).end_object();
}

void write_run(JsonWriter& json, std::string_view text, bool bold) {
  json.begin_object().field("type", "TextRun").field("text", text);
  if (bold) json.field("weight", "Bolder");
  json.end_object();
}

void begin_rich_text(JsonWriter& json) {
  json.begin_object().field("type", "RichTextBlock").key("inlines").begin_array();
}

void end_rich_text(JsonWriter& json) {
  json.end_array().end_object();
}

std::span<const std::pair<std::string, std::string>> shown_details(const Notice& notice) {
  return std::span(notice.details).first(std::min(notice.details.size(), kDetailsMax));
}

void write_parameters(JsonWriter& json, const Notice& notice) {
  json.begin_object();
  for (const auto& [name, value] : notice.parameters) json.field(name, value);
  json.end_object();
}

}  // namespace

std::string_view notice_severity_name(NoticeSeverity severity) {
  constexpr std::array<std::string_view, 4> kNames{"info", "warning", "error", "critical"};
  return kNames[static_cast<std::size_t>(severity)];
}

std::string_view front_of(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  std::size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

net::ClientRequest webhook_request(const Notice& notice, Time now, const SignHex& sign) {
  JsonWriter json;
  json.begin_object()
      .field("specversion", "1.0")
      .field("id", notice.delivery)
      .field("source", "/sillar/" + notice.installation)
      .field("type", notice.over ? "sillar.alert.resolved" : "sillar.alert.fired")
      .field("time", format_time(notice.at))
      .field("datacontenttype", "application/json")
      .key("data")
      .begin_object()
      .field("alert", notice.alert)
      .field("code", notice.code)
      .field("severity", notice_severity_name(notice.severity))
      .field("rule", notice.rule)
      .field("project", notice.project)
      .field("subject", notice.subject)
      .field("since", format_time(notice.since))
      .field("language", notice.language)
      .field("title", notice.title)
      .field("text", notice.text)
      .key("parameters");
  write_parameters(json, notice);
  json.end_object().end_object();
  net::ClientRequest request = json_post(json.take());
  request.headers = {{"Content-Type", "application/cloudevents+json"}};
  const std::string timestamp = std::to_string((now - Time{}).whole_seconds());
  request.headers.push_back({"Sillar-Timestamp", timestamp});
  request.headers.push_back(
      {"Sillar-Signature", "v1=" + sign(fmt::format("{}.{}", timestamp, request.body))});
  request.headers.push_back({"Sillar-Delivery", notice.delivery});
  return request;
}

net::ClientRequest slack_request(const Notice& notice) {
  JsonWriter json;
  json.begin_object()
      .field("text", slack_text(notice.title, kTitleBytesMax))
      .field_bool("mrkdwn", false)
      .key("blocks")
      .begin_array();
  json.begin_object().field("type", "header").key("text");
  write_plain_text(json, slack_text(notice.title, kTitleBytesMax));
  json.end_object();
  json.begin_object().field("type", "section").key("text");
  write_plain_text(json, slack_text(notice.text, kTextBytesMax));
  if (!notice.details.empty()) {
    json.key("fields").begin_array();
    for (const auto& [name, value] : shown_details(notice))
      write_plain_text(json, slack_text(fmt::format("{}: {}", name, value), kDetailBytesMax));
    json.end_array();
  }
  json.end_object().end_array().end_object();
  return json_post(json.take());
}

net::ClientRequest teams_request(const Notice& notice) {
  JsonWriter json;
  json.begin_object().field("type", "message").key("attachments").begin_array();
  json.begin_object()
      .field("contentType", "application/vnd.microsoft.card.adaptive")
      .key("contentUrl")
      .null()
      .key("content")
      .begin_object()
      .field("$schema", "http://adaptivecards.io/schemas/adaptive-card.json")
      .field("type", "AdaptiveCard")
      .field("version", "1.4")
      .field("lang", notice.language)
      .field("fallbackText", front_of(notice.title, kTitleBytesMax))
      .key("body")
      .begin_array();
  begin_rich_text(json);
  write_run(json, front_of(notice.title, kTitleBytesMax), true);
  end_rich_text(json);
  begin_rich_text(json);
  write_run(json, front_of(notice.text, kTextBytesMax), false);
  end_rich_text(json);
  for (const auto& [name, value] : shown_details(notice)) {
    begin_rich_text(json);
    write_run(json, name + ": ", true);
    write_run(json, front_of(value, kDetailBytesMax), false);
    end_rich_text(json);
  }
  json.end_array().end_object().end_object().end_array().end_object();
  return json_post(json.take());
}

net::ClientRequest pagerduty_request(const Notice& notice, std::string_view routing_key) {
  JsonWriter json;
  json.begin_object()
      .field("routing_key", routing_key)
      .field("event_action", notice.over ? "resolve" : "trigger")
      .field("dedup_key", front_of(notice.alert, kDedupBytesMax));
  if (!notice.over) {
    json.field("client", "sillar").key("payload").begin_object();
    json.field("summary", front_of(notice.title + ". " + notice.text, kSummaryBytesMax))
        .field("source", notice.project.empty() ? "sillar" : notice.project)
        .field("severity", notice_severity_name(notice.severity))
        .field("timestamp", format_time(notice.at))
        .field("component", notice.subject)
        .field("group", notice.rule)
        .field("class", notice.code)
        .key("custom_details");
    write_parameters(json, notice);
    json.end_object();
  }
  json.end_object();
  return json_post(json.take());
}

net::ClientRequest alertmanager_request(const Notice& notice) {
  const Time lasts = std::min(notice.until, notice.at + kAlertmanagerLasts);
  JsonWriter json;
  json.begin_array().begin_object().key("labels").begin_object();
  json.field("alertname", notice.rule.empty() ? notice.code : notice.rule)
      .field("code", notice.code)
      .field("severity", notice_severity_name(notice.severity))
      .field("subject", notice.subject)
      .field("project", notice.project)
      .field("alert", notice.alert)
      .end_object();
  json.key("annotations")
      .begin_object()
      .field("summary", notice.title)
      .field("description", notice.text)
      .end_object();
  json.field("startsAt", format_time(notice.since))
      .field("endsAt", format_time(notice.over ? notice.at : lasts))
      .end_object()
      .end_array();
  return json_post(json.take());
}

}  // namespace sillar::drivers
