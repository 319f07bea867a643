#include <fluoro/anatomy/anatomy.hpp>
#include <fluoro/anatomy/parameters.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <fluoro/core/error.hpp>
#include <sstream>

namespace fluoro {

namespace {

double number_in(std::string_view key, std::string_view text)
{
    double value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value))
        throw Error{std::string{key} + "=" + std::string{text} + " is no number; write e.g. " + std::string{key} +
                    "=1.5"};
    return value;
}

struct Field {
    char const* name;
    double least, most;
    double PatientParameters::*value;
    char const* meaning;
};
constexpr Field fields[] = {
    {"age_y", 18, 100, &PatientParameters::age_y, "years"},
    {"height_mm", 1400, 2100, &PatientParameters::height_mm, "height"},
    {"mass_kg", 40, 200, &PatientParameters::mass_kg, "mass of the whole body"},
    {"bone_density", 0.2, 1.5, &PatientParameters::bone_density,
     "of cancellous bone over a young adult's; 0.5 is osteoporosis"},
    {"subcutaneous_mm", 3, 120, &PatientParameters::subcutaneous_mm, "fat on the belly between navel and flank"},
};

std::string range_of(Field const& field)
{
    char text[64];
    std::snprintf(text, sizeof text, "%g to %g", field.least, field.most);
    return text;
}

std::string joined(std::vector<std::string> const& names)
{
    std::string text;
    for (auto const& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
}

PatientParameters person(char const* name, Sex sex, double age_y, double height_mm, double mass_kg, double bone_density,
                         double subcutaneous_mm, std::uint64_t seed)
{
    PatientParameters p;
    p.name = name;
    p.sex = sex;
    p.age_y = age_y;
    p.height_mm = height_mm;
    p.mass_kg = mass_kg;
    p.bone_density = bone_density;
    p.subcutaneous_mm = subcutaneous_mm;
    p.seed = seed;
    return p;
}

/// Height and mass of the first two are ICRP Publication 89's reference adults.
std::vector<PatientParameters> const& people()
{
    static std::vector<PatientParameters> const all{
        person("adult-male", Sex::male, 40, 1760, 73, 1, 16, 1),
        person("adult-female", Sex::female, 40, 1630, 60, 1, 23, 2),
        person("obese-adult", Sex::male, 50, 1760, 115, 1, 60, 3),
        person("elderly-osteoporotic", Sex::female, 78, 1560, 55, 0.45, 25, 4),
    };
    return all;
}

} // namespace

double PatientParameters::number(std::string_view option, double otherwise) const
{
    auto const found = options.find(std::string{option});
    return found == options.end() ? otherwise : number_in(option, found->second);
}

std::string PatientParameters::word(std::string_view option, std::vector<std::string> const& choices,
                                    std::string_view otherwise) const
{
    auto const found = options.find(std::string{option});
    if (found == options.end()) return std::string{otherwise};
    if (std::ranges::find(choices, found->second) == choices.end())
        throw Error{std::string{option} + "=" + found->second + ": choose one of " + joined(choices)};
    return found->second;
}

std::vector<std::vector<std::string>> PatientParameters::list(std::string_view option) const
{
    std::vector<std::vector<std::string>> rows;
    auto const found = options.find(std::string{option});
    if (found == options.end()) return rows;
    std::stringstream text{found->second};
    for (std::string row; std::getline(text, row, ';');) {
        std::stringstream words{row};
        rows.emplace_back();
        for (std::string word; std::getline(words, word, ':');) {
            auto const first = word.find_first_not_of(' '), last = word.find_last_not_of(' ');
            rows.back().push_back(first == std::string::npos ? "" : word.substr(first, last - first + 1));
        }
        if (rows.back().empty()) rows.pop_back();
    }
    return rows;
}

std::vector<std::string> built_in_patient_names()
{
    std::vector<std::string> names;
    for (auto const& p : people()) names.push_back(p.name);
    return names;
}

PatientParameters const& built_in_patient(std::string_view name)
{
    auto const found = std::ranges::find(people(), name, &PatientParameters::name);
    if (found == people().end())
        throw Error{"no built-in patient is called '" + std::string{name} +
                    "'; there are: " + joined(built_in_patient_names())};
    return *found;
}

std::vector<PatientOption> patient_fields()
{
    std::vector<PatientOption> rows;
    for (Field const& field : fields) rows.push_back({field.name, range_of(field), field.meaning});
    rows.push_back({"seed", "a whole number", "chance: another number is another person of the same kind"});
    return rows;
}

void set(PatientParameters& parameters, std::string_view key_value)
{
    auto const equals = key_value.find('=');
    if (equals == std::string_view::npos || equals == 0)
        throw Error{"'" + std::string{key_value} + "' sets nothing; write KEY=VALUE, e.g. height_mm=1800"};
    std::string const key{key_value.substr(0, equals)}, value{key_value.substr(equals + 1)};
    for (Field const& field : fields)
        if (key == field.name) {
            double const number = number_in(key, value);
            if (number < field.least || number > field.most)
                throw Error{key + "=" + value + " is outside " + range_of(field)};
            parameters.*field.value = number;
            return;
        }
    if (key == "seed") {
        parameters.seed = std::uint64_t(number_in(key, value));
        return;
    }
    std::vector<std::string> known;
    for (Field const& field : fields) known.emplace_back(field.name);
    known.emplace_back("seed");
    for (NamedBuilder const& builder : builders())
        for (PatientOption const& option : builder.options) {
            if (option.name == key) {
                parameters.options[key] = value;
                return;
            }
            known.push_back(option.name);
        }
    throw Error{"nothing about a patient is called '" + key + "'; there are: " + joined(known)};
}

} // namespace fluoro
