#pragma once
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace fluoro {

/// One value of a YAML file and where it stands. Owns what is below it.
struct YamlNode {
    enum class Kind { nothing, scalar, list, map };
    Kind kind = Kind::nothing;
    int line = 1, column = 1;
    std::string text;                                   ///< of a scalar
    bool is_plain = false;                              ///< a scalar without quotes: may be a number or a bool
    std::vector<YamlNode> items;                        ///< of a list
    std::vector<std::pair<YamlNode, YamlNode>> entries; ///< of a map: key and value, in the order of the file
};

/// What is wrong with a file, in lines that people and editors can follow.
class Problems {
public:
    explicit Problems(std::filesystem::path const& file);
    void add(YamlNode const& at, std::string const& what) { add(at.line, at.column, what); }
    void add(int line, int column, std::string const& what);
    /// "file:line:column: what"; control characters in it become '?'.
    std::string message(YamlNode const& at, std::string const& what) const;
    std::size_t count() const { return found_.size(); }
    /// One line each, in the order of the file.
    std::vector<std::string> lines() const;
    /// Throws Error with the first line, and how many more there are.
    void throw_first() const;

private:
    struct Found {
        int line, column;
        std::string text;
    };
    std::string file_;
    std::vector<Found> found_;
};

/// A word of the file as a message shows it: quoted, short.
std::string in_quotes(std::string const& text);

/// Reads one YAML document. Refused with a problem: more than 4 MiB, 64 levels or 100,000 values, aliases, tags,
/// duplicate keys, a second document. After a problem the tree may be incomplete.
YamlNode read_yaml(std::filesystem::path const& path, Problems& problems);
/// The same of a text that is at hand already.
YamlNode read_yaml_text(std::string text, Problems& problems);

} // namespace fluoro
