#pragma once
#include <fluoro/anatomy/anatomy.hpp>
#include <span>

// What patients wear and carry. Sizes are those of common makes, typical.
namespace fluoro {

/// Where an object is laid and what it lies on.
struct ObjectBench {
    Anatomy& anatomy;
    Shape skin;

    void add(std::string const& name, Tissue const& material, Shape const& shape) const;
    /// A line over the skin through the points where rays from `centres` along `directions` leave it.
    std::vector<Vec3> over_the_skin(std::span<Vec3 const> centres, std::span<Vec3 const> directions,
                                    double above_mm) const;
    double scale() const { return anatomy.plan.scale; }
    Vec3 const& place(std::string const& name) const { return anatomy.plan.place(name); }
};

// HU at 70 keV, docs/theory/hu-to-density.md; a label map holds 16 bits, so steel and gold end at 32767.
inline constexpr Tissue steel{32767, 7.99}, titanium{11621, 4.54}, gold{32767, 19.3}, copper{32767, 8.96},
    silicone{250, 1.2}, polymer{120, 1.2}, gel{90, 1.1};

void build_necklace(ObjectBench const& bench);
void build_ring(ObjectBench const& bench);
void build_ecg_leads(ObjectBench const& bench);
void build_brassiere(ObjectBench const& bench);
void build_dentures(ObjectBench const& bench);
/// side: 1 left, -1 right
void build_port(ObjectBench const& bench, double side);
void build_pacemaker(ObjectBench const& bench);
void build_sternal_wires(ObjectBench const& bench);
void build_gallbladder_clips(ObjectBench const& bench);

} // namespace fluoro
