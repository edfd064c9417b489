#include "server/alert_text.h"

#include <algorithm>
#include <array>

namespace sillar::server {
namespace {

struct Pair {
  std::string_view english;
  std::string_view spanish;

  [[nodiscard]] std::string_view in(Language language) const {
    return language == Language::kSpanish ? spanish : english;
  }
};

struct Texts {
  AlertCode code;
  Pair title;
  Pair sentence;
  Pair over;  // What is said when it has cleared.
};

constexpr auto kTexts = std::to_array<Texts>({
    {AlertCode::kBudgetActual,
     {"Budget {budget} of {project}: {percent} % is spent",
      "Presupuesto {budget} de {project}: se ha gastado el {percent} %"},
     {"Of the {limit} that budget {budget} of project {project} has for the period from {from} on, "
      "{amount} are spent: it has reached {percent} %.",
      "De los {limit} que el presupuesto {budget} del proyecto {project} tiene para el período que "
      "empezó el {from} se han gastado {amount}: ha alcanzado el {percent} %."},
     {"The period of budget {budget} of project {project} is over.",
      "El período del presupuesto {budget} del proyecto {project} ha terminado."}},
    {AlertCode::kBudgetForecast,
     {"Budget {budget} of {project}: {percent} % will be spent",
      "Presupuesto {budget} de {project}: se gastará el {percent} %"},
     {"At today's pace {amount} will be spent by {to} of the {limit} that budget {budget} of "
      "project {project} has: it will reach {percent} %.",
      "Al ritmo de hoy se habrán gastado {amount} para el {to} de los {limit} que tiene el "
      "presupuesto {budget} del proyecto {project}: alcanzará el {percent} %."},
     {"The period of budget {budget} of project {project} is over.",
      "El período del presupuesto {budget} del proyecto {project} ha terminado."}},
    {AlertCode::kIdle,
     {"{subject} leaves its devices idle", "{subject} no usa sus dispositivos"},
     {"Workload {subject} of project {project} has left the devices that it holds idle since "
      "{since}.",
      "La carga de trabajo {subject} del proyecto {project} no usa los dispositivos que ocupa "
      "desde "
      "el {since}."},
     {"Workload {subject} of project {project} uses its devices again, or has given them back.",
      "La carga de trabajo {subject} del proyecto {project} vuelve a usar sus dispositivos o los "
      "ha "
      "devuelto."}},
    {AlertCode::kQueueTime,
     {"{subject} has waited for more than {over}", "{subject} lleva más de {over} en espera"},
     {"Workload {subject} of project {project} has waited since {since}, longer than {over}. "
      "{reason_text}",
      "La carga de trabajo {subject} del proyecto {project} espera desde el {since}, más de "
      "{over}. "
      "{reason_text}"},
     {"Workload {subject} of project {project} does not wait any more.",
      "La carga de trabajo {subject} del proyecto {project} ya no espera."}},
    {AlertCode::kDeviceQuarantined,
     {"Device {device} of node {node} is quarantined",
      "El dispositivo {device} del nodo {node} está en cuarentena"},
     {"Device {device} of node {node} takes no work until it is healthy again.",
      "El dispositivo {device} del nodo {node} no recibe trabajo hasta que vuelva a estar sano."},
     {"Device {device} of node {node} takes work again.",
      "El dispositivo {device} del nodo {node} vuelve a recibir trabajo."}},
    {AlertCode::kNodeQuarantined,
     {"Node {node} is quarantined", "El nodo {node} está en cuarentena"},
     {"Node {node} takes no work until it is healthy again.",
      "El nodo {node} no recibe trabajo hasta que vuelva a estar sano."},
     {"Node {node} takes work again.", "El nodo {node} vuelve a recibir trabajo."}},
    {AlertCode::kUnplaceable,
     {"{subject} fits on no node", "{subject} no cabe en ningún nodo"},
     {"No node of the fleet can ever run workload {subject} of project {project}. {reason_text}",
      "Ningún nodo de la flota podrá ejecutar la carga de trabajo {subject} del proyecto "
      "{project}. "
      "{reason_text}"},
     {"Workload {subject} of project {project} fits now, or is gone.",
      "La carga de trabajo {subject} del proyecto {project} ya cabe o ya no está."}},
    {AlertCode::kFailed,
     {"{subject} has failed", "{subject} ha fallado"},
     {"Workload {subject} of project {project} is over; tasks that failed: {failed}.",
      "La carga de trabajo {subject} del proyecto {project} ha terminado; tareas que fallaron: "
      "{failed}."},
     {"Workload {subject} of project {project} is over.",
      "La carga de trabajo {subject} del proyecto {project} ha terminado."}},
    {AlertCode::kDiskLow,
     {"The journal's disk is nearly full", "El disco del diario está casi lleno"},
     {"The disk that holds the journal is nearly full: new work is refused until there is room.",
      "El disco que guarda el diario está casi lleno: se rechaza el trabajo nuevo hasta que haya "
      "espacio."},
     {"The disk that holds the journal has room again.",
      "El disco que guarda el diario vuelve a tener espacio."}},
    {AlertCode::kTest,
     {"Test of channel {subject}", "Prueba del canal {subject}"},
     {"This is a test that somebody asked for: alerts reach this channel.",
      "Esto es una prueba que alguien pidió: las alertas llegan a este canal."},
     {"The test is over.", "La prueba ha terminado."}},
});

constexpr bool in_order() {
  if (kTexts.size() != kAlertCodes.size()) return false;
  for (std::size_t i = 0; i < kTexts.size(); ++i)
    if (static_cast<std::size_t>(kTexts[i].code) != i) return false;
  return true;
}
static_assert(in_order());

constexpr Pair kOver{"Over: {title}", "Terminó: {title}"};
constexpr Pair kWithdrawn{"No alert rule asks for this any more.",
                          "Ninguna regla de alerta pide ya este aviso."};

struct DetailName {
  std::string_view parameter;
  Pair name;
};
constexpr auto kDetails = std::to_array<DetailName>({
    {"project", {"Project", "Proyecto"}},
    {"budget", {"Budget", "Presupuesto"}},
    {"amount", {"Amount", "Importe"}},
    {"limit", {"Limit", "Límite"}},
    {"owner", {"Owner", "Responsable"}},
    {"reason", {"Reason", "Motivo"}},
    {"since", {"Since", "Desde"}},
    {"rule", {"Rule", "Regla"}},
});

bool is_over(const Alert& alert) {
  return alert.end == AlertEnd::kCleared || alert.end == AlertEnd::kWithdrawn;
}

std::string moment_text(Time time) {
  return format_time(Time::from_seconds(time.ns / Duration::seconds(1).ns));
}

// What stands in a gap.
std::string filled(const Alert& alert, std::string_view name, const AlertLocale& locale) {
  const std::string_view parameter = alert_parameter(alert, name);
  if (name == "amount" || name == "limit")
    return parameter.empty() ? std::string{}
                             : amount_text(parameter, alert_parameter(alert, "currency"), locale);
  if (name == "reason_text")
    return std::string(
        alert_parameter(alert, locale.language == Language::kSpanish ? "reason_es" : "reason_en"));
  if (name == "project") return alert.project;
  if (name == "subject") return alert.subject;
  if (name == "rule") return alert.rule;
  if (name == "percent") return std::to_string(alert.threshold);
  if (name == "since" || name == "from") return moment_text(alert.since);
  if (name == "to") return alert.until == Time::never() ? "?" : moment_text(alert.until);
  return std::string(parameter);
}

std::string fill(std::string_view text, const Alert& alert, const AlertLocale& locale) {
  std::string out;
  for (;;) {
    const std::size_t open = text.find('{');
    out += text.substr(0, open);
    if (open == std::string_view::npos) break;
    const std::size_t close = text.find('}', open);
    out += filled(alert, text.substr(open + 1, close - open - 1), locale);
    text.remove_prefix(close + 1);
  }
  while (out.ends_with(' ')) out.pop_back();
  return out;
}

const Texts& texts_of(const Alert& alert) {
  return kTexts[static_cast<std::size_t>(alert.code)];
}

// Whether the digits after the cents round the last one up.
bool rounds_up(std::string_view rest, char last) {
  if (rest.empty() || rest[0] < '5') return false;
  if (rest[0] > '5' || rest.find_first_not_of('0', 1) != std::string_view::npos) return true;
  return (last - '0') % 2 == 1;
}

}  // namespace

std::string alert_title(const Alert& alert, const AlertLocale& locale) {
  std::string title = fill(texts_of(alert).title.in(locale.language), alert, locale);
  if (!is_over(alert)) return title;
  constexpr std::string_view kGap = "{title}";
  std::string over(kOver.in(locale.language));
  return over.replace(over.find(kGap), kGap.size(), title);
}

std::string alert_sentence(const Alert& alert, const AlertLocale& locale) {
  if (alert.end == AlertEnd::kWithdrawn) return std::string(kWithdrawn.in(locale.language));
  const Texts& texts = texts_of(alert);
  return fill((is_over(alert) ? texts.over : texts.sentence).in(locale.language), alert, locale);
}

std::vector<AlertDetail> alert_details(const Alert& alert, const AlertLocale& locale) {
  std::vector<AlertDetail> details;
  for (const DetailName& detail : kDetails) {
    std::string value = filled(alert, detail.parameter, locale);
    if (!value.empty())
      details.push_back({std::string(detail.name.in(locale.language)), std::move(value)});
  }
  return details;
}

std::string amount_text(std::string_view decimal, std::string_view currency,
                        const AlertLocale& locale) {
  constexpr std::size_t kDecimals = 2;
  const bool negative = decimal.starts_with('-');
  if (negative) decimal.remove_prefix(1);
  const std::size_t point = std::min(decimal.find('.'), decimal.size());
  std::string digits(decimal.substr(0, point));
  std::string fraction(decimal.substr(std::min(point + 1, decimal.size())));
  if (fraction.size() < kDecimals) fraction.append(kDecimals - fraction.size(), '0');
  digits += fraction.substr(0, kDecimals);
  if (rounds_up(std::string_view(fraction).substr(kDecimals), digits.back())) {
    std::size_t at = digits.size();
    while (at > 0 && digits[at - 1] == '9') digits[--at] = '0';
    if (at > 0)
      ++digits[at - 1];
    else
      digits.insert(digits.begin(), '1');
  }
  const std::size_t whole = digits.size() - kDecimals;
  std::string out = negative ? "-" : "";
  out.append(digits, 0, whole);
  out += locale.decimal_comma ? ',' : '.';
  out.append(digits, whole);
  out += ' ';
  out += currency;
  return out;
}

}  // namespace sillar::server
