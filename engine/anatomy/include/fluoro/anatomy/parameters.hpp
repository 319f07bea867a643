#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace fluoro {

enum class Sex { female, male };

/// Who a built-in patient is. Every shape follows from these; the same values give the same patient.
/// docs/theory/anatomy.md
struct PatientParameters {
    std::string name = "adult-male";
    Sex sex = Sex::male;
    double age_y = 40;
    double height_mm = 1760;
    double mass_kg = 73;
    double bone_density = 1;     ///< of cancellous bone over a young adult's; osteoporosis is 0.5 or less
    double subcutaneous_mm = 15; ///< fat on the belly, midway between navel and flank
    std::uint64_t seed = 1;
    /// Variants and pathology by name, e.g. {"coronary-dominance", "left"}; every builder names those it knows.
    std::map<std::string, std::string> options;

    /// A number among the options; `otherwise` where it is not given. Throws Error when it is no number.
    double number(std::string_view option, double otherwise) const;
    /// A word among the options. Throws Error with the choices when it is none of them.
    std::string word(std::string_view option, std::vector<std::string> const& choices,
                     std::string_view otherwise) const;
    /// A list among the options, "T12:wedge:40;L1:biconcave:25" -> {{"T12","wedge","40"},{"L1","biconcave","25"}};
    /// empty where it is not given. Words are trimmed of blanks.
    std::vector<std::vector<std::string>> list(std::string_view option) const;
};

/// adult-male, adult-female, obese-adult, elderly-osteoporotic; throws Error with the names otherwise.
PatientParameters const& built_in_patient(std::string_view name);
std::vector<std::string> built_in_patient_names();
/// KEY=VALUE as the command line gives it: a field of the struct above or an option. Throws Error with what is known.
void set(PatientParameters& parameters, std::string_view key_value);

} // namespace fluoro
