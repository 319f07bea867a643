#include <fluoro/yaml/yaml.hpp>

#include <algorithm>
#include <fluoro/core/error.hpp>
#include <fstream>
#include <set>
#include <sstream>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

namespace fluoro {

namespace {

constexpr std::uintmax_t most_bytes = 4u << 20;
constexpr std::size_t most_depth = 64;
constexpr std::size_t most_values = 100'000;
constexpr std::size_t most_problems = 100;

/// Thrown inside the parser's callbacks: the file is not read further.
struct Refused {
    int line, column;
    std::string why;
};

/// Builds the tree from the parser's events, so that limits hold while it grows and an alias is never expanded.
class TreeBuilder : public YAML::EventHandler {
public:
    explicit TreeBuilder(Problems& problems) : problems_{problems} {}
    YamlNode take() { return std::move(root_); }

    void OnDocumentStart(YAML::Mark const&) override {}
    void OnDocumentEnd() override {}
    void OnNull(YAML::Mark const& mark, YAML::anchor_t) override { place(made(mark, YamlNode::Kind::nothing)); }
    void OnAlias(YAML::Mark const& mark, YAML::anchor_t) override
    {
        throw Refused{mark.line + 1, mark.column + 1, "aliases (*name) are not used here; write the value itself"};
    }
    void OnScalar(YAML::Mark const& mark, std::string const& tag, YAML::anchor_t, std::string const& value) override
    {
        refuse_tag(mark, tag);
        YamlNode node = made(mark, YamlNode::Kind::scalar);
        node.text = value;
        node.is_plain = tag == "?";
        place(std::move(node));
    }
    void OnSequenceStart(YAML::Mark const& mark, std::string const& tag, YAML::anchor_t,
                         YAML::EmitterStyle::value) override
    {
        open(mark, tag, YamlNode::Kind::list);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(YAML::Mark const& mark, std::string const& tag, YAML::anchor_t, YAML::EmitterStyle::value) override
    {
        open(mark, tag, YamlNode::Kind::map);
    }
    void OnMapEnd() override { close(); }

private:
    struct Open {
        YamlNode node;
        YamlNode key;
        bool has_key = false;
        std::set<std::string> names;
    };

    YamlNode made(YAML::Mark const& mark, YamlNode::Kind kind)
    {
        YamlNode node;
        node.kind = kind;
        node.line = mark.line + 1;
        node.column = mark.column + 1;
        if (++values_ > most_values)
            throw Refused{node.line, node.column,
                          "more than " + std::to_string(most_values) + " values; split the file"};
        return node;
    }
    static void refuse_tag(YAML::Mark const& mark, std::string const& tag)
    {
        if (!tag.empty() && tag != "?" && tag != "!")
            throw Refused{mark.line + 1, mark.column + 1,
                          "tags (" + in_quotes(tag) + ") are not used here; leave it out"};
    }
    void open(YAML::Mark const& mark, std::string const& tag, YamlNode::Kind kind)
    {
        refuse_tag(mark, tag);
        if (open_.size() >= most_depth)
            throw Refused{mark.line + 1, mark.column + 1,
                          "nested more than " + std::to_string(most_depth) + " levels deep"};
        open_.push_back({made(mark, kind), {}, false, {}});
    }
    void close()
    {
        YamlNode node = std::move(open_.back().node);
        open_.pop_back();
        place(std::move(node));
    }
    void place(YamlNode node)
    {
        if (open_.empty()) {
            root_ = std::move(node);
            return;
        }
        Open& parent = open_.back();
        if (parent.node.kind == YamlNode::Kind::list)
            parent.node.items.push_back(std::move(node));
        else if (!parent.has_key) {
            if (node.kind != YamlNode::Kind::scalar)
                problems_.add(node, "a key must be a plain word");
            else if (!parent.names.insert(node.text).second)
                problems_.add(node, "the key " + in_quotes(node.text) + " stands twice in one map; keep one of them");
            parent.key = std::move(node);
            parent.has_key = true;
        } else {
            parent.node.entries.emplace_back(std::move(parent.key), std::move(node));
            parent.has_key = false;
        }
    }

    Problems& problems_;
    YamlNode root_;
    std::vector<Open> open_;
    std::size_t values_ = 0;
};

std::string printable(std::string text)
{
    for (char& c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
    return text;
}

} // namespace

std::string in_quotes(std::string const& text)
{
    constexpr std::size_t most = 40;
    std::string shown{'\''};
    shown += printable(text.size() <= most ? text : text.substr(0, most) + "...");
    return shown += '\'';
}

Problems::Problems(std::filesystem::path const& file) : file_{printable(file.string())} {}

std::string Problems::message(YamlNode const& at, std::string const& what) const
{
    return file_ + ":" + std::to_string(at.line) + ":" + std::to_string(at.column) + ": " + printable(what);
}

void Problems::add(int line, int column, std::string const& what)
{
    if (found_.size() >= most_problems) return;
    YamlNode at;
    at.line = line;
    at.column = column;
    found_.push_back({line, column, message(at, what)});
}

std::vector<std::string> Problems::lines() const
{
    std::vector<Found> sorted = found_;
    std::ranges::stable_sort(sorted, {}, [](Found const& found) { return std::pair{found.line, found.column}; });
    std::vector<std::string> texts;
    for (Found& found : sorted) texts.push_back(std::move(found.text));
    return texts;
}

void Problems::throw_first() const
{
    if (found_.empty()) return;
    std::string text = lines().front();
    if (found_.size() > 1) text += " (and " + std::to_string(found_.size() - 1) + " more: 'fluorolab check' lists all)";
    throw Error{text};
}

YamlNode read_yaml(std::filesystem::path const& path, Problems& problems)
{
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error)) {
        problems.add(1, 1, "no such file, or not a regular file; give the path of a YAML file");
        return {};
    }
    if (std::filesystem::file_size(path, error) > most_bytes || error) {
        problems.add(1, 1, "larger than 4 MiB; such a file is a small text");
        return {};
    }
    std::ifstream in{path, std::ios::binary};
    std::string text{std::istreambuf_iterator<char>{in}, {}};
    if (!in) {
        problems.add(1, 1, "the file cannot be read");
        return {};
    }
    return read_yaml_text(std::move(text), problems);
}

YamlNode read_yaml_text(std::string text, Problems& problems)
{
    if (text.empty()) {
        problems.add(1, 1, "the file is empty; begin with apiVersion: fluorolab/v1");
        return {};
    }
    if (text.find('\0') != std::string::npos) {
        problems.add(1, 1, "holds zero bytes; save it as plain text (UTF-8)");
        return {};
    }
    // The parser takes an unclosed quote for closed when line ends follow it; without them it complains.
    text.erase(text.find_last_not_of(" \r\n") + 1);
    std::istringstream stream{text};
    TreeBuilder builder{problems};
    try {
        YAML::Parser parser{stream};
        if (!parser.HandleNextDocument(builder)) problems.add(1, 1, "the file holds no YAML document");
        YamlNode root = builder.take();
        TreeBuilder rest{problems};
        if (parser.HandleNextDocument(rest)) {
            YamlNode const second = rest.take();
            problems.add(second, "a second document begins here; keep one document in a file");
        }
        return root;
    } catch (Refused const& refused) {
        problems.add(refused.line, refused.column, refused.why);
    } catch (YAML::Exception const& wrong) {
        problems.add(std::max(0, wrong.mark.line) + 1, std::max(0, wrong.mark.column) + 1,
                     "not valid YAML: " + wrong.msg);
    }
    return {};
}

} // namespace fluoro
