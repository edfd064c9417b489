// What the service says, and those who talk to it.

#include <array>

#include "cli/messages.h"

namespace sillar::cli {
namespace {

constexpr auto kService = std::to_array<Entry>({
    {Message::kVerbServe,
     "Runs the control plane: takes work over HTTP, decides, and runs it on this machine.",
     "Ejecuta el plano de control: recibe trabajo por HTTP, decide y lo ejecuta en esta máquina."},
    {Message::kVerbSubmit, "Submits workloads from a file, or a command to be run.",
     "Envía cargas de trabajo de un archivo, o un comando para ejecutar."},
    {Message::kVerbGet, "Lists workloads or nodes, or shows one workload.",
     "Lista las cargas de trabajo o los nodos, o muestra una carga."},
    {Message::kVerbCancel, "Cancels workloads: what runs is stopped, what waits never starts.",
     "Cancela cargas de trabajo: lo que se ejecuta se detiene y lo que espera no empieza."},
    {Message::kVerbEvents,
     "Shows what has happened, one event a line, and with -w what goes on to happen.",
     "Muestra lo que ha ocurrido, un evento por línea, y con -w lo que siga ocurriendo."},
    {Message::kFlagData, "Folder that holds everything the service keeps; made if need be.",
     "Carpeta con todo lo que guarda el servicio; se crea si hace falta."},
    {Message::kFlagListen, "Address and port; port 0 takes a free one. Default 127.0.0.1:7400.",
     "Dirección y puerto; el puerto 0 toma uno libre. Por omisión 127.0.0.1:7400."},
    {Message::kFlagDevices,
     "Declares accelerators of this machine, as in h100:8; otherwise those that NVML names.",
     "Declara aceleradores de esta máquina, como h100:8; si no, los que indica NVML."},
    {Message::kFlagTelemetry,
     "Tells how busy devices are, in place of NVML: lines such as \"0 950\" (device 0, "
     "thousandths) or "
     "\"0 broken\". Read every 10 s; idle rules and quarantine act on it.",
     "Indica el uso de los dispositivos en lugar de NVML: líneas como \"0 950\" (dispositivo 0, "
     "milésimas) o \"0 broken\". Se lee cada 10 s; las reglas de ocio y la cuarentena actúan según "
     "él."},
    {Message::kFlagRunAs,
     "OS user of the first administrator’s commands; otherwise whoever starts this. Never root.",
     "Usuario del sistema de los comandos del primer administrador; si no, quien lo arranca. Nunca "
     "root."},
    {Message::kFlagServeFleet, "Fleet of the first start; otherwise this machine alone.",
     "Flota del primer arranque; si no, solo esta máquina."},
    {Message::kFlagServeProjects, "Projects of the first start; otherwise one, “default”.",
     "Proyectos del primer arranque; si no, uno, «default»."},
    {Message::kFlagAlerts, "Whom to alert of what: rules and channels. See docs/ALERTS.md.",
     "A quién avisar y de qué: reglas y canales. Vea docs/ALERTS.md."},
    {Message::kFlagCertificate, "TLS certificate chain (PEM); goes with --tls-key.",
     "Cadena de certificados TLS (PEM); acompaña a --tls-key."},
    {Message::kFlagKey, "TLS private key (PEM).", "Clave privada TLS (PEM)."},
    {Message::kFlagHostNames,
     "Names by which clients reach it, separated by commas, beside the address itself.",
     "Nombres con los que llegan los clientes, separados por comas, además de la dirección."},
    {Message::kFlagServer, "URL of the service; otherwise SILLAR_SERVER, or http://127.0.0.1:7400.",
     "URL del servicio; si no, SILLAR_SERVER o http://127.0.0.1:7400."},
    {Message::kFlagTokenFile, "File that holds the token; otherwise the token is in SILLAR_TOKEN.",
     "Archivo con el token; si no, el token está en SILLAR_TOKEN."},
    {Message::kFlagCa, "Certificate authorities to trust (PEM) instead of the system’s.",
     "Autoridades de certificación en las que confiar (PEM) en lugar de las del sistema."},
    {Message::kFlagProject, "Project, and all below it.",
     "Proyecto, y todos los que dependen de él."},
    {Message::kFlagPhase, "Only these phases, separated by commas.",
     "Solo estas fases, separadas por comas."},
    {Message::kFlagOwner, "Only what this one submitted.", "Solo lo que envió este usuario."},
    {Message::kFlagLimit, "At most so many.", "Como máximo tantos."},
    {Message::kFlagGpusAsked, "Accelerators for a command. Default 0.",
     "Aceleradores para un comando. Por omisión 0."},
    {Message::kFlagName, "Name of the workload; otherwise one is made up.",
     "Nombre de la carga de trabajo; si no, se inventa uno."},
    {Message::kFlagAfterEvent, "Begin behind this event’s id.",
     "Empezar después del evento con este id."},
    {Message::kOperandCommand, "A file with workloads, or the words of a command after --project.",
     "Un archivo con cargas de trabajo, o las palabras de un comando tras --project."},
    {Message::kOperandNoun, "What to list.", "Qué listar."},
    {Message::kOperandWorkloadName, "Name of a workload.", "Nombre de una carga de trabajo."},
    {Message::kNotAnAddress, "--listen cannot be '{value}'; it is ADDRESS:PORT.",
     "--listen no puede ser '{value}'; es ADDRESS:PORT."},
    {Message::kNeedsTls,
     "{address} can be reached from other machines: that needs TLS. Give --tls-certificate and "
     "--tls-key, or listen on 127.0.0.1",
     "A {address} se llega desde otras máquinas: eso exige TLS. Indique --tls-certificate y "
     "--tls-key, o escuche en 127.0.0.1"},
    {Message::kServing, "serves at {url}; stop it with Ctrl-C",
     "sirve en {url}; deténgalo con Ctrl-C"},
    {Message::kServingFirst,
     "nobody has come yet: the token in {file}, readable by you alone, makes its first user the "
     "administrator; it is good for an hour",
     "aún no ha venido nadie: el token de {file}, legible solo para usted, hace administrador a su "
     "primer usuario; vale una hora"},
    {Message::kServingAgain,
     "goes on where it was: {workloads} workloads, {entries} entries applied",
     "continúa donde estaba: {workloads} cargas de trabajo, {entries} entradas aplicadas"},
    {Message::kServeStops, "stops; what runs goes on and is found again by the next start",
     "se detiene; lo que se ejecuta sigue y el próximo arranque lo encuentra"},
    {Message::kServeFailed,
     "the journal cannot go on: {error}. Nothing that was acknowledged is lost; start again once "
     "the "
     "cause is mended",
     "el diario no puede continuar: {error}. No se pierde nada de lo confirmado; arranque de nuevo "
     "cuando la causa esté resuelta"},
    {Message::kNoToken,
     "no token: put it into SILLAR_TOKEN, or name the file that holds it with --token-file",
     "falta el token: póngalo en SILLAR_TOKEN o indique el archivo con --token-file"},
    {Message::kNothingToSubmit,
     "name a file with workloads, or --project and the words of a command after --",
     "indique un archivo con cargas de trabajo, o --project y las palabras de un comando tras --"},
    {Message::kSubmitted, "submitted {name}", "enviada {name}"},
    {Message::kNoWorkloads, "There are no workloads. Submit one: sillar submit --help",
     "No hay cargas de trabajo. Envíe una: sillar submit --help"},
    {Message::kFleetIsKept,
     "{folder} has a fleet and projects already, which go on; --fleet, --projects and --devices "
     "are "
     "for the first start",
     "{folder} ya tiene flota y proyectos, que continúan; --fleet, --projects y --devices son para "
     "el "
     "primer arranque"},
    {Message::kTitleName, "Name", "Nombre"},
    {Message::kTitlePhase, "Phase", "Fase"},
    {Message::kTitleOwner, "Owner", "Responsable"},
    {Message::kTitlePending, "Pending", "Pendientes"},
    {Message::kTitleRunning, "Running", "En marcha"},
    {Message::kTitleEnded, "Ended", "Terminadas"},
    {Message::kTitleSubmitted, "Submitted", "Enviada"},
    {Message::kTitleStarted, "Started", "Empezó"},
    {Message::kTitleFinishedAt, "Finished", "Terminó"},
});
static_assert(is_complete(kService, Message::kFirstService, Message::kFirstResource));

}  // namespace

std::span<const Entry> service_entries() {
  return kService;
}

}  // namespace sillar::cli
