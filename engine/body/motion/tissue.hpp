#pragma once
#include "field.hpp"

#include <initializer_list>
#include <map>
#include <optional>
#include <string>

// What the motion wants to know of a patient.
namespace fluoro::motion {

/// Kinds of tissue that move alike; bits.
enum Kind : std::uint16_t {
    lung = 1,
    solid = 2, ///< liver, spleen, stomach, kidneys and what lies between
    bowel = 4,
    heart = 8,  ///< all inside the pericardium
    great = 16, ///< vessels and ways of the mediastinum
    bone = 32,
    body = 64, ///< anything but air around the patient
    spine = 128,
    fat = 256,      ///< among the organs
    cartilage = 512 ///< of the ribs
};

/// What a lattice's points have about them: the kinds at some places in each point's cube.
struct Census {
    static constexpr int looks = 27;
    FieldGrid grid;
    std::vector<std::uint16_t> kinds; ///< `looks` per point

    /// Points where at least this share of the places has one of the kinds; 0: any place at all.
    Mask of(unsigned wanted, double share = 0.5) const;
};

/// Labels and landmarks of a patient, sampled.
class Tissue {
public:
    explicit Tissue(Patient const& patient);

    std::optional<Vec3> place(std::string const& name) const;
    /// The first of the names that there is.
    std::optional<Vec3> place(std::initializer_list<char const*> names) const;
    /// Label and kinds at the nearest voxel; 0 outside.
    int label_at(Vec3 const& p) const;
    std::uint16_t kinds_at(Vec3 const& p) const;
    Census census(FieldGrid const& grid) const;
    /// The volume's corners.
    Vec3 low_mm() const { return low_; }
    Vec3 high_mm() const { return high_; }
    LumenGraph const& vessels() const { return patient_.lumens.vessels; }

private:
    Patient const& patient_;
    Mat4 index_from_patient_;
    std::vector<std::uint16_t> kinds_; ///< by label
    Vec3 low_{0}, high_{0};
};

} // namespace fluoro::motion
