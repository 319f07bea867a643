#pragma once
// The head, throat and upper gut of a built-in patient alone, and ways to measure them in voxels.
#include <deque>
#include <fluoro/anatomy/voxelise.hpp>
#include <fluoro/core/error.hpp>
#include <map>
#include <string>
#include <vector>

namespace fluoro::test {

inline PatientParameters patient(std::string const& name, std::vector<std::string> const& settings = {})
{
    PatientParameters who = built_in_patient(name);
    for (std::string const& key_value : settings) set(who, key_value);
    return who;
}

/// Those builders alone, on the node that the lungs would give.
inline Anatomy head_and_gut(PatientParameters const& who)
{
    Anatomy anatomy;
    anatomy.plan = plan_body(who);
    anatomy.lumens.airways.add_node(anatomy.plan.place("trachea-top"), "trachea-top");
    for (NamedBuilder const& builder : builders())
        for (char const* wanted : {"surface", "head", "throat", "upper_gut"})
            if (std::string{builder.name} == wanted) builder.build(anatomy);
    return anatomy;
}

/// A label's id, looked up once.
inline int id(std::string const& name)
{
    static std::map<std::string, int> known;
    auto const [row, is_new] = known.try_emplace(name, 0);
    if (is_new) row->second = label_of(name);
    return row->second;
}

inline glm::ivec3 voxel_at(Patient const& p, Vec3 const& at)
{
    Grid const& grid = p.ct.grid;
    return glm::ivec3{glm::round((at - grid.origin_mm) / grid.spacing_mm)};
}
inline bool is_inside(Patient const& p, glm::ivec3 const& v)
{
    return glm::all(glm::greaterThanEqual(v, glm::ivec3{0})) && glm::all(glm::lessThan(v, p.ct.grid.size));
}
inline std::size_t index_of(Patient const& p, glm::ivec3 const& v)
{
    glm::ivec3 const n = p.ct.grid.size;
    return (std::size_t(v.z) * std::size_t(n.y) + std::size_t(v.y)) * std::size_t(n.x) + std::size_t(v.x);
}
inline int label_at(Patient const& p, Vec3 const& at)
{
    glm::ivec3 const v = voxel_at(p, at);
    return is_inside(p, v) ? int(p.labels[index_of(p, v)]) : 0;
}
inline double hu_at(Patient const& p, Vec3 const& at)
{
    glm::ivec3 const v = voxel_at(p, at);
    return is_inside(p, v) ? double(p.ct.hu[index_of(p, v)]) : -1000.0;
}

/// All voxels that can be reached from one over faces where `open(index)` is true.
template <class Open> std::vector<bool> flooded(Patient const& p, glm::ivec3 const& start, Open const& open)
{
    std::vector<bool> wet(p.labels.size(), false);
    std::deque<glm::ivec3> front;
    auto const visit = [&](glm::ivec3 const& v) {
        if (!is_inside(p, v)) return;
        std::size_t const i = index_of(p, v);
        if (wet[i] || !open(i)) return;
        wet[i] = true;
        front.push_back(v);
    };
    visit(start);
    while (!front.empty()) {
        glm::ivec3 const v = front.front();
        front.pop_front();
        for (int axis = 0; axis < 3; ++axis)
            for (int step : {-1, 1}) {
                glm::ivec3 next = v;
                next[axis] += step;
                visit(next);
            }
    }
    return wet;
}

/// Centre and size [mm] of all voxels of a label: the box around them.
inline Box box_of_label(Patient const& p, int label)
{
    Box box{Vec3{1e9}, Vec3{-1e9}};
    glm::ivec3 const n = p.ct.grid.size;
    std::size_t i = 0;
    for (int z = 0; z < n.z; ++z)
        for (int y = 0; y < n.y; ++y)
            for (int x = 0; x < n.x; ++x, ++i)
                if (p.labels[i] == label) {
                    Vec3 const at = p.ct.grid.origin_mm + p.ct.grid.spacing_mm * Vec3{x, y, z};
                    box = {glm::min(box.low, at), glm::max(box.high, at)};
                }
    return box;
}

} // namespace fluoro::test
