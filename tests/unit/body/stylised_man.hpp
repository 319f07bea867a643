#pragma once
#include <algorithm>
#include <cmath>
#include <fluoro/patient/volume.hpp>
#include <string>

// A body simple enough to be told in a page, for tests of what moves in it.
namespace fluoro::test {

constexpr double stylised_spacing_mm = 4;

/// A man of ellipsoids: lungs over two domes, organs below, a heart of four cavities, spine, ribs, breastbone.
inline Patient stylised_man()
{
    Patient man;
    man.ct.grid.size = {80, 60, 125};
    man.ct.grid.spacing_mm = Vec3{stylised_spacing_mm};
    man.ct.grid.origin_mm = {-158, -128, -128};
    auto const voxels = man.ct.grid.voxels();
    man.labels.assign(voxels, 0);
    man.ct.hu.assign(voxels, -1000);

    auto& places = man.lumens.landmarks;
    places = {{"diaphragm-dome-right", {-72, -35, 186}},
              {"diaphragm-dome-left", {72, -30, 174}},
              {"heart-centre", {25, -43, 213}},
              {"mitral-valve", {21, -20, 225}},
              {"heart-apex", {79, -76, 178}},
              {"tricuspid-valve", {-9, -47, 213}},
              {"aortic-valve", {6, -39, 246}},
              {"xiphoid", {0, -95, 162}},
              {"kidney-left", {60, 16, 80}},
              {"kidney-right", {-60, 12, 60}},
              {"S1", {0, 34, -106}},
              {"hyoid", {0, -59, 336}},
              {"larynx", {0, -47, 312}},
              {"upper-sphincter", {0, -30, 290}},
              {"epiglottis-tip", {0, -40, 352}}};
    for (int n = 0; n < 12; ++n) places["T" + std::to_string(n + 1)] = {0, 30, 350 - 22.0 * n};
    Vec3 const mitral = places["mitral-valve"], apex = places["heart-apex"];
    Vec3 const axis = glm::normalize(apex - mitral);
    Vec3 const across = places["tricuspid-valve"] - mitral;
    Vec3 const septal = glm::normalize(across - glm::dot(across, axis) * axis);
    Vec3 const left = mitral + 0.45 * (apex - mitral), right = left + 36.0 * septal - 4.0 * axis;
    Vec3 const left_atrium = mitral - 24.0 * axis, right_atrium = places["tricuspid-valve"] - 26.0 * axis;
    auto const ellipsoid = [&](Vec3 const& p, Vec3 const& middle, double along, double wide) {
        Vec3 const d = p - middle;
        double const s = glm::dot(d, axis), r2 = glm::dot(d, d) - s * s;
        return s * s / (along * along) + r2 / (wide * wide);
    };
    auto const label = [&](Vec3 const& p) {
        if (std::pow(p.x / 150, 2) + std::pow((p.y + 5) / 105, 2) > 1) return 0;
        if (std::abs(p.x) < 20 && p.y > 14 && p.y < 70) return 36; // spine
        double const top = p.z > 280 ? std::max(0.05, 1 - std::pow((p.z - 280) / 72, 2)) : 1;
        double const cavity = (std::pow(p.x / 128, 2) + std::pow((p.y + 5) / 85, 2)) / top;
        if (std::abs(p.x) < 16 && p.y < -86 && p.z > 180 && p.z < 320) return 116; // breastbone
        if (cavity > 1) return cavity < 1.2 && p.z > 80 && std::fmod(p.z + 1000, 24) < 10 ? 95 : 1002;
        if (ellipsoid(p, left, 44, 25) < 1) return 1050;
        if (ellipsoid(p, left, 54, 35) < 1) return 1054;
        if (ellipsoid(p, right, 44, 28) < 1) return 1051;
        if (ellipsoid(p, right, 48, 32) < 1) return 1054;
        if (ellipsoid(p, left_atrium, 22, 25) < 1) return 1052;
        if (ellipsoid(p, right_atrium, 24, 25) < 1) return 1053;
        if (ellipsoid(p, {25, -43, 213}, 70, 55) < 1) return 1059;
        double const to_right = std::hypot(p.x + 72, p.y + 30), to_left = std::hypot(p.x - 72, p.y + 30);
        double const dome = std::max(186 - to_right * to_right / 90, 174 - to_left * to_left / 90);
        if (p.z > dome) return p.x < 0 ? 14 : 11;
        if (glm::length(p - places.at("kidney-left")) < 28) return 3;
        if (glm::length(p - places.at("kidney-right")) < 28) return 2;
        if (p.z > 20) return p.x < 30 ? 5 : 6;
        return 18;
    };
    std::size_t n = 0;
    Mat4 const at = man.ct.grid.patient_from_index();
    for (int k = 0; k < man.ct.grid.size.z; ++k)
        for (int j = 0; j < man.ct.grid.size.y; ++j)
            for (int i = 0; i < man.ct.grid.size.x; ++i, ++n) {
                int const l = label(map_point(at, {i, j, k}));
                man.labels[n] = std::uint16_t(l);
                if (l != 0) man.ct.hu[n] = l >= 10 && l <= 14 ? -800 : 40;
            }
    LumenGraph& vessels = man.lumens.vessels;
    vessels.add_edge("aorta-descending", vessels.add_node({0, 2, 280}), {{0, 2, 100}}, {12, 11},
                     WallClass::elastic_artery, 52);
    return man;
}

inline int label_at(Patient const& man, Vec3 const& p)
{
    glm::ivec3 const at{glm::floor((p - man.ct.grid.origin_mm) / man.ct.grid.spacing_mm + 0.5)},
        size = man.ct.grid.size;
    if (glm::any(glm::lessThan(at, glm::ivec3{0})) || glm::any(glm::greaterThanEqual(at, size))) return 0;
    return man.labels[(std::size_t(at.z) * std::size_t(size.y) + std::size_t(at.y)) * std::size_t(size.x) +
                      std::size_t(at.x)];
}

} // namespace fluoro::test
