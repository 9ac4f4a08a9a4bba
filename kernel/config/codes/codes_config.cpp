// codes_config: the CFG codes: texts, values, options, includes and overrides.
// SPDX-License-Identifier: Apache-2.0
#include "codes.h"

#include <array>

namespace mw::kernel {
namespace {

constexpr std::array entries{
    // 1..19: the text itself.
    code_entry{"CFG0001", "a file cannot be read",
               "The file is missing, is not a regular file, or may not be read by this user.",
               "include: [comon.yaml]", "include: [common.yaml]"},
    code_entry{"CFG0002", "a file is too large",
               "A node file is text for people; the bound keeps a wrong path (a log, a core dump) "
               "from being parsed for minutes.",
               "", ""},
    code_entry{"CFG0003", "not plain UTF-8 text",
               "Files are UTF-8 without byte order mark and without control characters. Anything "
               "else is usually a wrong file or an editor's setting.",
               "", ""},
    code_entry{
        "CFG0004", "YAML syntax",
        "The text cannot be read as YAML. The place is where reading stopped; the cause is there "
        "or a little above it, most often an indentation or a value with ': ' that needs quotes.",
        "about: note: this breaks", "about: \"note: this works\""},
    code_entry{"CFG0005", "a tab in the indentation",
               "YAML counts indentation in spaces. A tab looks like some number of them, a "
               "different one in every editor.",
               "node:\n\tid: n1", "node:\n  id: n1"},
    code_entry{"CFG0006", "a quote that is not closed",
               "A quoted text has to end on its line. Otherwise one forgotten quote would swallow "
               "the lines below it without a word.",
               "id: \"n1\nzone: a", "id: \"n1\"\nzone: a"},
    code_entry{"CFG0007", "brackets that do not match",
               "Every '{' and '[' needs its '}' and ']', with ',' between the items.",
               "peers: [\"127.0.0.1:7401\"", "peers: [\"127.0.0.1:7401\"]"},
    code_entry{"CFG0008", "a value that needs quotes",
               "'@', '`' and '%' cannot start a plain value, and inside braces the '{' of a "
               "${VARIABLE} belongs to YAML.",
               "node: { id: ${NODE_ID} }", "node: { id: \"${NODE_ID}\" }"},
    code_entry{"CFG0009", "more than one document",
               "A file holds one document; what follows a second '---' would be ignored.",
               "node: { id: n1 }\n---\nplugins: {}", "node: { id: n1 }\nplugins: {}"},
    code_entry{"CFG0010", "a value that runs into the next line",
               "A plain value ends with its line. YAML would join the lines with a space, which "
               "nearly always hides a key with the wrong indentation.",
               "id: n1\n  zone: a", "id: n1\nzone: a"},
    code_entry{
        "CFG0011", "a key given twice",
        "Which of the two would count depends on the program that reads them, so neither does.",
        "id: n1\nid: n2", "id: n2"},
    code_entry{"CFG0012", "a key that is not a plain name",
               "Keys are names: no lists, maps or empty texts.", "? [a, b]\n: 1", "a: 1\nb: 1"},
    code_entry{"CFG0013", "a YAML tag",
               "The option decides about the type of its value; a tag could only contradict it.",
               "size: !!int 64", "size: 64"},
    code_entry{"CFG0014", "a merge key",
               "'<<' is not part of YAML 1.2 and hides where a value comes from. Share settings "
               "with 'include:', which keeps the origin of each value.",
               "tcp2: { <<: *tcp }", "include: [tcp.yaml]"},
    code_entry{"CFG0015", "an alias that leads nowhere or in a circle",
               "'*name' copies the value marked '&name' above it. The mark has to exist and may "
               "not contain its own alias.",
               "a: &x [*x]", "a: &x [1]\nb: *x"},
    code_entry{"CFG0016", "more than a file may hold",
               "Depth, number of values, length of a value and number of aliases are bounded, "
               "because a text of a few bytes can stand for gigabytes.",
               "", ""},
    code_entry{"CFG0017", "a YAML directive",
               "Lines such as '%YAML 1.2' or '%TAG' change nothing here.",
               "%YAML 1.2\n---\nnode: { id: n1 }", "node: { id: n1 }"},
    code_entry{"CFG0018", "a file without settings",
               "A node file is a map with the keys 'node', 'plugins' and 'bus'.", "- node",
               "node: { id: n1 }"},

    // 20..39: options and their values.
    code_entry{"CFG0020", "an unknown key",
               "No option has this name. Unknown keys are refused everywhere, because a mistyped "
               "option would otherwise silently keep its default.",
               "tcp: { use: transport.tcp, lisen: \"127.0.0.1:7400\" }",
               "tcp: { use: transport.tcp, listen: \"127.0.0.1:7400\" }"},
    code_entry{"CFG0021", "a value of the wrong kind",
               "A list, a map or a text stands where the option wants something else.",
               "peers: \"127.0.0.1:7401\"", "peers: [\"127.0.0.1:7401\"]"},
    code_entry{"CFG0022", "a value that cannot be read",
               "The text is not a number, duration (250ms), size (16MiB), rate (100/s), range "
               "(1..4) or endpoint (127.0.0.1:7400), whichever the option wants.",
               "timeout: 250", "timeout: 250ms"},
    code_entry{"CFG0023", "a value out of bounds",
               "The option's doc says why the bounds are where they are.", "threshold: 900",
               "threshold: 8"},
    code_entry{"CFG0024", "not one of the choices", "The option takes one of a few words.",
               "preset: lann", "preset: lan"},
    code_entry{"CFG0025", "a required option is missing",
               "The option has no default that would be right for everyone.",
               "tcp: { use: transport.tcp }",
               "tcp: { use: transport.tcp, listen: \"127.0.0.1:7400\" }"},
    code_entry{"CFG0026", "a word that other YAML readers take for a boolean",
               "'yes', 'no', 'on' and 'off' mean true or false to some readers and text to others. "
               "Write true or false.",
               "nodelay: yes", "nodelay: true"},
    code_entry{"CFG0027", "a number that can be read in two ways",
               "A leading 0 means octal to some readers and nothing to others; '0x', '_' and a "
               "leading '+' are not accepted either.",
               "backlog: 0100", "backlog: 100"},
    code_entry{"CFG0028", "a number in quotes",
               "Quotes make a text. The option wants a number, so leave them out.",
               "backlog: \"100\"", "backlog: 100"},
    code_entry{"CFG0029", "a key without value",
               "An empty value is neither the default nor an empty text. Leave the key out for the "
               "default.",
               "listen:", "listen: \"127.0.0.1:7400\""},
    code_entry{"CFG0030", "a secret written in the file",
               "Secrets come from the environment or from a file of their own, so that "
               "configuration can be shown, copied and committed. They are never printed.",
               "password: hunter2", "password: { file: secrets/password }"},
    code_entry{
        "CFG0031", "a secret that cannot be read",
        "The file of the reference is missing, empty, too large or may not be read by this user.",
        "", "password: { file: secrets/password }"},
    code_entry{"CFG0032", "options that contradict each other",
               "Each value is fine by itself, but a rule of the plug-in over several of them does "
               "not hold.",
               "low: 8\nhigh: 4", "low: 4\nhigh: 8"},
    code_entry{"CFG0033", "too many items", "Lists and maps of options are bounded.", "", ""},

    // 40..59: variables, includes, overrides.
    code_entry{"CFG0040", "a variable that is not set",
               "The environment has no such variable and the text gives no default.",
               "id: \"${NODE_ID}\"", "id: \"${NODE_ID:-n1}\""},
    code_entry{"CFG0041", "a variable that cannot be read",
               "Write ${NAME} or ${NAME:-default}; names are letters, digits and '_'. A dollar "
               "sign itself is written '$$'.",
               "id: \"${NODE ID}\"", "id: \"${NODE_ID}\""},
    code_entry{"CFG0042", "a wrong include", "'include' is the path of a file, or a list of paths.",
               "include: { file: a.yaml }", "include: [a.yaml]"},
    code_entry{"CFG0043", "includes in a circle",
               "A file cannot include itself, directly or through others.", "", ""},
    code_entry{"CFG0044", "includes too deep or too many",
               "A bound that no sensible layout reaches.", "", ""},
    code_entry{"CFG0045", "two includes disagree",
               "Both files set the same key to different values; the later one wins. Set the key "
               "in the including file to say which is meant.",
               "", ""},
    code_entry{"CFG0046", "an include of another kind",
               "One file has a map where the other has a text or a list: they cannot be joined.",
               "", ""},
    code_entry{"CFG0050", "a --set flag that cannot be read",
               "The form is --set path.to.key=value.", "--set plugins.tcp.listen",
               "--set plugins.tcp.listen=127.0.0.1:7400"},
    code_entry{"CFG0051", "a path that fits nothing",
               "The path goes through a text or past the end of a list.", "--set node.id.x=1",
               "--set node.id=n1"},
    code_entry{"CFG0052", "an environment override with two meanings",
               "In MW_SET_a_b_c the '_' separates keys, but keys may contain '_' too. Here more "
               "than one reading fits; use --set instead.",
               "", ""},
    code_entry{"CFG0053", "an environment override that fits nothing",
               "No reading of the variable's name leads to a known key. A mistyped override that "
               "changed nothing would be worse than this error.",
               "MW_SET_plugins_tcp_lisen=127.0.0.1:0", "MW_SET_plugins_tcp_listen=127.0.0.1:0"},
};

}  // namespace

std::span<const code_entry> config_codes() {
  return entries;
}

}  // namespace mw::kernel
