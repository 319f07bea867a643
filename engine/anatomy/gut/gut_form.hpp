#pragma once
#include "sweep.hpp"

#include <fluoro/anatomy/anatomy.hpp>
#include <optional>

// What gullet, stomach and duodenum share.
namespace fluoro {

/// What can be wrong with the upper gut; read from the options and checked.
struct GutPathology {
    enum class Hernia { none, sliding, paraoesophageal };
    Hernia hernia = Hernia::none;
    double hernia_mm = 0; ///< its height above the hiatus
    double zenker_mm = 0; ///< length of the pouch; 0 = none
    double ring_mm = 0;   ///< inner diameter of a Schatzki ring; 0 = none
    struct Stricture {
        std::string kind;
        double percent, length_mm, at_mm;
    };
    std::vector<Stricture> strictures;
    struct Carcinoma {
        double at_mm, length_mm;
    };
    std::vector<Carcinoma> carcinomas;
    double achalasia_mm = 0; ///< diameter of the dilated body; 0 = none
    int varices = 0;         ///< grade 1 to 3; 0 = none
    std::optional<double> leak_mm;
};
/// Throws Error (bad input) with what to write instead. `gullet_mm`: length from the upper sphincter to the cardia.
GutPathology gut_pathology(PatientParameters const& parameters, double gullet_mm);

/// The gullet millimetre by millimetre from the upper sphincter (0) to the cardia.
struct GulletProfile {
    std::vector<Vec3> middle_mm;
    std::vector<double> filled_mm;                   ///< half width that barium opens
    std::vector<double> open_side_mm, open_other_mm; ///< half axes of the lumen at rest, left-right and front-back
    std::vector<double> wall_mm;                     ///< at rest
    double inlet_mm = 0, hiatus_mm = 0;              ///< thoracic inlet and hiatus along the way
    double length_mm() const { return double(middle_mm.size()) - 1; }
};
/// Of a healthy person; `end_mm` where it opens into the stomach.
GulletProfile gullet_profile(BodyPlan const& plan, GutPathology::Hernia hernia, double hernia_mm, bool has_pouch);
void apply(GutPathology const& pathology, BodyPlan const& plan, GulletProfile& profile);

/// Which way is up for gas: the front of a person who lies, the head of one who stands.
Vec3 gas_rises(PatientParameters const& parameters);

void add_oesophagus(Anatomy& anatomy, GulletProfile const& profile, GutPathology const& pathology);
/// Pouch of Zenker, varices, tumour, leak: what is added to the gullet's own shape.
void add_gullet_lesions(Anatomy& anatomy, GulletProfile const& profile, GutPathology const& pathology);
void add_stomach(Anatomy& anatomy, GulletProfile const& profile, GutPathology const& pathology);
void add_duodenum(Anatomy& anatomy);

} // namespace fluoro
