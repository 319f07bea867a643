#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fluoro/console/inputs.hpp>
#include <fluoro/core/error.hpp>
#include <fluoro/yaml/map_reader.hpp>
#include <fstream>
#include <map>

namespace fluoro {
namespace {

namespace fs = std::filesystem;

struct Rate {
    char const* name;
    double HandRates::*rate;
    double least, most;
};
constexpr std::array rates{Rate{"push_mm_s", &HandRates::push_mm_s, 1, 200},
                           Rate{"turn_deg_s", &HandRates::turn_deg_s, 5, 1440},
                           Rate{"inflate_atm_s", &HandRates::inflate_atm_s, 0.1, 10},
                           Rate{"cement_ml_s", &HandRates::cement_ml_s, 0.01, 1},
                           Rate{"wheel_mm", &HandRates::wheel_mm, 0.1, 20},
                           Rate{"wheel_deg", &HandRates::wheel_deg, 1, 180},
                           Rate{"drag_mm", &HandRates::drag_mm, 0.01, 5},
                           Rate{"drag_deg", &HandRates::drag_deg, 0.05, 20}};

std::optional<Action> action_of(std::string const& id)
{
    for (int i = 0; i < action_count; ++i)
        if (id == id_of(Action(i))) return Action(i);
    return std::nullopt;
}

std::vector<std::string> all_ids()
{
    std::vector<std::string> ids;
    for (int i = 0; i < action_count; ++i) ids.emplace_back(id_of(Action(i)));
    return ids;
}

/// The inputs that the file gives to actions, and where each stands.
class Reader {
public:
    explicit Reader(Problems& problems) : problems_{problems} {}

    void read(YamlNode const& list)
    {
        if (list.kind == YamlNode::Kind::nothing) return;
        if (list.kind != YamlNode::Kind::map) {
            problems_.add(list, "inputs is a map of actions: inputs: {pedal: [space, f]}");
            return;
        }
        for (auto const& [key, value] : list.entries) {
            auto const action = action_of(key.text);
            if (!action) {
                std::string const near = nearest_name(key.text, all_ids());
                problems_.add(key, "there is no action " + in_quotes(key.text) +
                                       (near.empty() ? "; docs/console.md has all" : "; did you mean " + near + "?"));
                continue;
            }
            named.push_back(*action);
            if (value.kind == YamlNode::Kind::list)
                for (YamlNode const& item : value.items) add(item, *action);
            else if (value.kind != YamlNode::Kind::nothing)
                add(value, *action);
        }
    }

    std::vector<Action> named;
    std::vector<std::pair<Input, Action>> given;

private:
    void add(YamlNode const& node, Action action)
    {
        auto const input = node.kind == YamlNode::Kind::scalar ? input_from_name(node.text) : std::optional<Input>{};
        if (!input) {
            problems_.add(node, "there is no input " + in_quotes(node.text) +
                                    ": write it as the console's page of inputs shows it, e.g. space, ctrl+left, "
                                    "wheel-up, pad-a, pad-left-x+, \"axis 2+ of NAME\"");
            return;
        }
        if (std::string const why = misfit(*input, action); !why.empty()) {
            problems_.add(node, in_quotes(node.text) + " cannot be " + std::string{id_of(action)} + ": " + why);
            return;
        }
        auto const [where, is_new] = lines_.try_emplace(*input, node.line);
        if (!is_new) {
            problems_.add(node, in_quotes(node.text) + " is given in line " + std::to_string(where->second) +
                                    " already: an input does one thing");
            return;
        }
        given.emplace_back(*input, action);
    }

    Problems& problems_;
    std::map<Input, int> lines_;
};

InputMap read(fs::path const& file, Problems& problems)
{
    InputMap inputs;
    YamlNode const root = read_yaml(file, problems);
    if (problems.count() > 0) return inputs;
    MapReader top{root, "a file of inputs", problems};
    if (YamlNode const* const version = top.need("apiVersion", "apiVersion: fluorolab/v1");
        version && version->text != "fluorolab/v1")
        problems.add(*version, "this program reads apiVersion: fluorolab/v1, not " + in_quotes(version->text));
    Reader reader{problems};
    if (YamlNode const* const list = top.find("inputs")) reader.read(*list);
    if (YamlNode const* const node = top.find("rates")) {
        MapReader map{*node, "rates", problems};
        for (Rate const& rate : rates)
            if (auto const value = map.number(rate.name, rate.least, rate.most)) inputs.rates.*rate.rate = *value;
        map.finish();
    }
    top.finish();
    if (problems.count() > 0) return inputs;
    // All that is named is emptied before anything is given: inputs may change places.
    for (Action const action : reader.named)
        for (Input const& input : inputs.inputs_of(action)) inputs.unbind(input);
    for (auto const& [input, action] : reader.given) inputs.bind(input, action);
    return inputs;
}

/// As a YAML scalar that reads back as this text: device names hold anything.
std::string quoted(std::string const& text)
{
    std::string out = "\"";
    for (char const c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + "\"";
}

} // namespace

fs::path inputs_file()
{
    char const* const config = std::getenv("XDG_CONFIG_HOME");
    char const* const home = std::getenv("HOME");
    fs::path folder;
    if (config && *config == '/')
        folder = config;
    else if (home && *home)
        folder = fs::path{home} / ".config";
    else
        return {};
    return folder / "fluorolab" / "inputs.yaml";
}

std::vector<std::string> inputs_file_problems(fs::path const& file)
{
    Problems problems{file};
    read(file, problems);
    return problems.lines();
}

InputMap read_inputs(fs::path const& file)
{
    Problems problems{file};
    InputMap inputs = read(file, problems);
    problems.throw_first();
    return inputs;
}

bool is_inputs_file(fs::path const& file)
{
    Problems problems{file};
    YamlNode const root = read_yaml(file, problems);
    return root.kind == YamlNode::Kind::map &&
           std::ranges::any_of(root.entries, [](auto const& entry) { return entry.first.text == "inputs"; });
}

void write_inputs(InputMap const& inputs, fs::path const& file)
{
    std::string text = "# Written by the console's page of inputs. docs/console.md, \"The file of inputs\"\n"
                       "apiVersion: fluorolab/v1\ninputs:\n";
    for (int i = 0; i < action_count; ++i) {
        auto const action = Action(i);
        if (inputs.has_first_inputs(action)) continue;
        text += "  " + std::string{id_of(action)} + ": [";
        bool is_first = true;
        for (Input const& input : inputs.inputs_of(action)) {
            text += (is_first ? "" : ", ") + quoted(name_of(input));
            is_first = false;
        }
        text += "]\n";
    }
    HandRates const first;
    text += "rates:\n";
    for (Rate const& rate : rates) {
        if (inputs.rates.*rate.rate == first.*rate.rate) continue;
        char line[64];
        std::snprintf(line, sizeof line, "  %s: %.6g\n", rate.name, inputs.rates.*rate.rate);
        text += line;
    }
    // Beside it first, so that a full disk leaves the old file whole.
    std::error_code error;
    fs::create_directories(file.parent_path(), error);
    fs::path const part = file.string() + ".part";
    std::ofstream out{part, std::ios::binary | std::ios::trunc};
    out << text;
    out.close();
    if (out) fs::rename(part, file, error);
    if (!out || error)
        throw Error{"cannot write '" + file.string() + "': the inputs are kept for this session only",
                    Error::Kind::failed};
}

} // namespace fluoro
