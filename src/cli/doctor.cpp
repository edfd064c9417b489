// doctor: what can be checked from here, each with what to do about it.

#include "cli/doctor_checks.h"
#include "cli/server_link.h"
#include "cli/verbs.h"

namespace sillar::cli {
namespace {

const View& view() {
  static const View kView{{TableView{"checks",
                                     {{"check", Message::kTitleCheck, Cell::kWord},
                                      {"outcome", Message::kTitleResult, Cell::kWord},
                                      {"text", Message::kTitleFound},
                                      {"advice", Message::kTitleAdvice}}}}};
  return kView;
}

Result<Exit> run_doctor(Context& context) {
  Doctor doctor(context);
  doctor.check_all();
  Value answer = answer_of_kind("Diagnosis");
  answer.set("healthy", Value::plain(doctor.failed() ? "false" : "true"))
      .set("checks", doctor.take_checks());
  // Not cut to a terminal's width: what to do is what is asked for here.
  if (context.format == Format::kTable)
    context.io.out.write(show_text(answer, view(), {context.locale, 0, context.colour}));
  else
    context.print(answer, view());
  return doctor.failed() ? Exit::kFailure : Exit::kOk;
}

}  // namespace

const Verb& doctor_verb() {
  static const Verb kVerb{
      .name = "doctor",
      .summary = Message::kVerbDoctor,
      .examples = {"doctor", "doctor --data /var/lib/sillar --tls-certificate tls.pem -o json"},
      .operands = {},
      .flags =
          with_server_flags({{"data", "DIR", Message::kFlagBackupData, {}},
                             {"tls-certificate", "FILE", Message::kFlagCertificateChecked, {}}}),
      .formats = {Format::kTable, Format::kJson, Format::kYaml, Format::kCsv},
      .run = run_doctor,
  };
  return kVerb;
}

}  // namespace sillar::cli
