#include <array>

#include "cli/translation.h"

namespace sillar::cli {
namespace {

constexpr auto kSentences = std::to_array<Translation>({
    // URLs.
    {"a user name or password in it is not accepted",
     "no se admite en ella un nombre de usuario ni una contraseña"},
    {"the '[' of its host is not closed", "el '[' de su servidor no se cierra"},
    {"\"{}\" is neither a host's name nor an address",
     "\"{0}\" no es el nombre de un servidor ni una dirección"},
    {"its port is not a number from 1 to 65535", "su puerto no es un número de 1 a 65535"},
    {"a URL has more than {} bytes", "una URL tiene más de {0} bytes"},
    {"a URL has a byte that must be percent-encoded",
     "una URL tiene un byte que debe codificarse con '%'"},
    {"\"{}\" does not begin with http:// or https://",
     "\"{0}\" no empieza por http:// ni https://"},
    {"a fragment ('#') is not accepted", "no se admite un fragmento ('#')"},
    // Asking a server.
    {"\"{}\" is not a method", "\"{0}\" no es un método"},
    {"a header's name or value has a character that cannot be sent",
     "el nombre o el valor de una cabecera tiene un carácter que no se puede enviar"},
    {"its name cannot be resolved ({})", "su nombre no se puede resolver ({0!})"},
    {"none of its addresses may be connected to",
     "no se permite la conexión con ninguna de sus direcciones"},
    {"connecting took too long", "la conexión tardó demasiado"},
    {"the TLS handshake took too long", "el acuerdo de TLS tardó demasiado"},
    {"sending took too long", "el envío tardó demasiado"},
    {"nothing came for too long", "no llegó nada durante demasiado tiempo"},
    {"it was stopped", "se detuvo"},
    {"its certificate is not trusted ({})", "su certificado no es de confianza ({0!})"},
    {"the answer is not HTTP ({})", "la respuesta no es HTTP ({0})"},
    {"the answer's status is {}", "el estado de la respuesta es {0}"},
    {"the answer's head has more than {} bytes",
     "la cabecera de la respuesta tiene más de {0} bytes"},
    {"the answer has more than {} bytes", "la respuesta tiene más de {0} bytes"},
    {"the connection ended before the answer did", "la conexión terminó antes que la respuesta"},
    {"an event has more than {} bytes", "un evento tiene más de {0} bytes"},
    // Serving.
    {"\"{}\" is not a numeric IP address to listen on",
     "\"{0}\" no es una dirección IP numérica en la que escuchar"},
    {"cannot listen there ({})", "no se puede escuchar ahí ({0!})"},
    {"threads must be 1 to {}, not {}", "los hilos deben ser de 1 a {0}, no {1}"},
    {"TLS needs both a certificate and its key, and only one of them is given",
     "TLS necesita un certificado y su clave, y solo se da uno de los dos"},
    {"allowed_hosts is empty: every request would be refused",
     "allowed_hosts está vacío: se rechazaría toda petición"},
    {"allowed_hosts: \"{}\" is not a host without port",
     "allowed_hosts: \"{0}\" no es un servidor sin puerto"},
    {"a limit that no request could keep", "un límite que ninguna petición podría cumplir"},
    {"a time-out must be positive and at most a century",
     "un plazo debe ser positivo y de un siglo como mucho"},
    // Certificates.
    {"cannot be read ({})", "no se puede leer ({0!})"},
    {"TLS cannot be set up ({})", "no se puede preparar TLS ({0})"},
    {"is not a certificate chain in PEM", "no es una cadena de certificados en PEM"},
    {"is not the private key of {}", "no es la clave privada de {0}"},
    {"has no certificate in PEM", "no tiene ningún certificado en PEM"},
    {"the system's certificate authorities cannot be read ({})",
     "no se pueden leer las autoridades de certificación del sistema ({0})"},
    // What the system and OpenSSL say.
    {"Connection refused", "conexión rechazada"},
    {"Connection reset by peer", "el otro extremo cortó la conexión"},
    {"Broken pipe", "el otro extremo cerró la conexión"},
    {"No route to host", "no hay ruta hasta el servidor"},
    {"Network is unreachable", "la red es inalcanzable"},
    {"Address already in use", "la dirección ya está en uso"},
    {"Cannot assign requested address", "este equipo no tiene esa dirección"},
    {"Name or service not known", "nombre desconocido"},
    {"Temporary failure in name resolution", "la resolución de nombres no responde por ahora"},
    {"self-signed certificate", "certificado autofirmado"},
    {"unable to get local issuer certificate", "no se conoce a su emisor"},
    {"certificate has expired", "el certificado ha caducado"},
    {"hostname mismatch", "es de otro nombre"},
    {"IP address mismatch", "es de otra dirección"},
});

}  // namespace

std::span<const Translation> net_translations() {
  return kSentences;
}

}  // namespace sillar::cli
