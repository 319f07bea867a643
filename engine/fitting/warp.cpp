#include <fluoro/fitting/warp.hpp>

#include "lattice.hpp"
#include "thin_plate.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/error.hpp>
#include <fluoro/core/parallel.hpp>

namespace fluoro {

namespace {

constexpr double grid_mm = 5;
constexpr double least_allowed = 0.15; ///< of the Jacobian's determinant: a seventh of the volume is left

/// Displacements on a lattice, linear between.
struct FieldOfDisplacements {
    Lattice lattice;
    std::vector<glm::vec3> values;

    Vec3 at(Vec3 const& p) const
    {
        Vec3 const index =
            glm::clamp((p - lattice.origin_mm) / lattice.spacing_mm, Vec3{0}, Vec3{lattice.size - 1} - 1e-9);
        glm::ivec3 const a{index};
        Vec3 const t = index - Vec3{a};
        std::size_t const nx = std::size_t(lattice.size.x), nxy = nx * std::size_t(lattice.size.y);
        glm::vec3 const* const v = values.data() + lattice.index(a);
        auto const row = [&](std::size_t at) { return glm::mix(Vec3{v[at]}, Vec3{v[at + 1]}, t.x); };
        return glm::mix(glm::mix(row(0), row(nx), t.y), glm::mix(row(nxy), row(nxy + nx), t.y), t.z);
    }
};

FieldOfDisplacements field_over(Box const& box, double spacing_mm)
{
    FieldOfDisplacements field;
    field.lattice.spacing_mm = spacing_mm;
    field.lattice.origin_mm = box.low;
    field.lattice.size = glm::max(glm::ivec3{glm::ceil((box.high - box.low) / spacing_mm)} + 1, glm::ivec3{2});
    field.values.resize(field.lattice.count());
    return field;
}

/// The place x with x + field(x) = y, to `within_mm`, from a guess on: x = y - u(x), iterated; u is a contraction where
/// the grid is unfolded and smooth, shorter steps else.
Vec3 undone(FieldOfDisplacements const& field, Vec3 const& y, Vec3 x, double within_mm)
{
    double step = 1, before = 1e9;
    for (int n = 0; n < 40; ++n) {
        Vec3 const off = y - x - field.at(x);
        double const size = glm::length(off);
        if (size < within_mm) break;
        if (size > before) step = std::max(0.25, 0.5 * step);
        before = size;
        x += step * off;
    }
    return x;
}

struct Judgement {
    double least_determinant = 1e9;
    Vec3 worst_mm{0}; ///< where that is
};

/// Fills the field and looks at the Jacobian of each of its cells, by the edges at its low corner.
Judgement draw(FieldOfDisplacements& field, ThinPlate const& plate)
{
    Lattice const& grid = field.lattice;
    parallel_for(grid.size.z, [&](int first, int last) {
        for (int k = first; k < last; ++k)
            for (int j = 0; j < grid.size.y; ++j)
                for (int i = 0; i < grid.size.x; ++i)
                    field.values[grid.index(i, j, k)] = glm::vec3{plate.at(grid.position(i, j, k))};
    });
    std::vector<Judgement> by_slice(std::size_t(grid.size.z));
    parallel_for(grid.size.z - 1, [&](int first, int last) {
        for (int k = first; k < last; ++k)
            for (int j = 0; j + 1 < grid.size.y; ++j)
                for (int i = 0; i + 1 < grid.size.x; ++i) {
                    auto const v = [&](int x, int y, int z) { return Vec3{field.values[grid.index(x, y, z)]}; };
                    Vec3 const here = v(i, j, k);
                    double const det = glm::determinant(Mat3{1.0} + Mat3{(v(i + 1, j, k) - here) / grid.spacing_mm,
                                                                         (v(i, j + 1, k) - here) / grid.spacing_mm,
                                                                         (v(i, j, k + 1) - here) / grid.spacing_mm});
                    Judgement& slice = by_slice[std::size_t(k)];
                    if (det < slice.least_determinant) slice = {det, grid.position(i, j, k)};
                }
    });
    return *std::ranges::min_element(by_slice, {}, &Judgement::least_determinant);
}

/// Least squares of rotation, one scale and shift, by Horn's quaternion (the eigenvector by power iteration).
Mat4 similarity(std::vector<WarpPair> const& pairs)
{
    Vec3 model{0}, patient{0};
    double weight = 0;
    auto const w = [](WarpPair const& pair) { return 1 / (pair.spread_mm * pair.spread_mm + 25); };
    for (auto const& pair : pairs)
        model += w(pair) * pair.model_mm, patient += w(pair) * pair.patient_mm, weight += w(pair);
    model /= weight;
    patient /= weight;
    Mat3 s{0.0}; // s[a][b] = sum of model a times patient b
    double size_model = 0, size_patient = 0;
    for (auto const& pair : pairs) {
        Vec3 const m = pair.model_mm - model, p = pair.patient_mm - patient;
        for (int a = 0; a < 3; ++a)
            for (int b = 0; b < 3; ++b) s[a][b] += w(pair) * m[a] * p[b];
        size_model += w(pair) * glm::dot(m, m);
        size_patient += w(pair) * glm::dot(p, p);
    }
    if (!(size_model > 0 && size_patient > 0)) throw Error{"all landmarks are at one place; a fit needs them apart"};
    glm::dmat4 n{0.0};
    n[0] = {s[0][0] + s[1][1] + s[2][2], s[1][2] - s[2][1], s[2][0] - s[0][2], s[0][1] - s[1][0]};
    n[1] = {n[0][1], s[0][0] - s[1][1] - s[2][2], s[0][1] + s[1][0], s[2][0] + s[0][2]};
    n[2] = {n[0][2], n[1][2], -s[0][0] + s[1][1] - s[2][2], s[1][2] + s[2][1]};
    n[3] = {n[0][3], n[1][3], n[2][3], -s[0][0] - s[1][1] + s[2][2]};
    // Shifted so that the largest eigenvalue is the largest in size, too.
    double shift = 0;
    for (int i = 0; i < 4; ++i) shift = std::max(shift, glm::length(n[i]));
    for (int i = 0; i < 4; ++i) n[i][i] += 2 * shift;
    glm::dvec4 q{1, 0.01, 0.01, 0.01};
    for (int i = 0; i < 200; ++i) q = glm::normalize(n * q);
    double const a = q[0], b = q[1], c = q[2], d = q[3];
    Mat3 rotation;
    rotation[0] = {a * a + b * b - c * c - d * d, 2 * (b * c + a * d), 2 * (b * d - a * c)};
    rotation[1] = {2 * (b * c - a * d), a * a - b * b + c * c - d * d, 2 * (c * d + a * b)};
    rotation[2] = {2 * (b * d + a * c), 2 * (c * d - a * b), a * a - b * b - c * c + d * d};
    double const scale = std::sqrt(size_patient / size_model);
    Mat4 result{1.0};
    for (int i = 0; i < 3; ++i) result[i] = glm::dvec4{scale * rotation[i], 0};
    result[3] = glm::dvec4{patient - scale * (rotation * model), 1};
    return result;
}

} // namespace

struct Warp::Impl {
    Mat4 near_from_model{1.0}, model_from_near{1.0}; ///< the similarity; "near" is almost the patient
    FieldOfDisplacements forward, back;
    double least_determinant = 1, softening = 1;
};

Warp::Warp(std::vector<WarpPair> const& pairs, Box const& region)
{
    auto impl = std::make_shared<Impl>();
    impl->near_from_model = similarity(pairs);
    impl->model_from_near = glm::inverse(impl->near_from_model);
    std::vector<Vec3> places, displacements;
    double most = 0;
    for (auto const& pair : pairs) {
        places.push_back(map_point(impl->near_from_model, pair.model_mm));
        displacements.push_back(pair.patient_mm - places.back());
        most = std::max(most, glm::length(displacements.back()));
    }
    Box box = grown(region, most + 30);
    for (Vec3 const& p : places) box = around(box, {p - 20.0, p + 20.0});
    impl->back = field_over(region, grid_mm);
    for (double softening = 1;; softening *= 2) {
        std::vector<double> spreads;
        // What is known less well gives way first.
        for (auto const& pair : pairs)
            spreads.push_back(pair.spread_mm * (pair.spread_mm > 2.5 ? softening : std::max(1.0, softening / 8)));
        ThinPlate const plate{places, displacements, spreads};
        // Judged on a coarse grid first, which finds all but the finest folds in an eighth of the time.
        FieldOfDisplacements coarse = field_over(box, 2 * grid_mm);
        Judgement judgement = draw(coarse, plate);
        if (judgement.least_determinant >= least_allowed) {
            impl->forward = field_over(box, grid_mm);
            judgement = draw(impl->forward, plate);
        }
        impl->least_determinant = judgement.least_determinant;
        impl->softening = softening;
        if (judgement.least_determinant >= least_allowed) break;
        if (softening > 30) {
            std::vector<std::size_t> order(pairs.size());
            for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
            std::ranges::sort(order, {}, [&](std::size_t i) { return glm::length(places[i] - judgement.worst_mm); });
            std::string names;
            for (std::size_t i = 0; i < std::min<std::size_t>(3, order.size()); ++i)
                names += (i ? ", " : "") + pairs[order[i]].name;
            throw Error{"the landmarks fold the body over itself near " + names +
                        "; check that these are where they should be, and not swapped"};
        }
    }
    FieldOfDisplacements const& forward = impl->forward;
    FieldOfDisplacements& back = impl->back;
    parallel_for(back.lattice.size.z, [&](int first, int last) {
        for (int k = first; k < last; ++k)
            for (int j = 0; j < back.lattice.size.y; ++j)
                for (int i = 0; i < back.lattice.size.x; ++i) {
                    Vec3 const y = back.lattice.position(i, j, k);
                    back.values[back.lattice.index(i, j, k)] =
                        glm::vec3{undone(forward, y, y - forward.at(y), 0.01) - y};
                }
    });
    impl_ = impl;
}

Vec3 Warp::patient_from_model(Vec3 const& p) const
{
    Vec3 const near = map_point(impl_->near_from_model, p);
    return near + impl_->forward.at(near);
}

Vec3 Warp::model_from_patient(Vec3 const& p) const
{
    // Between the points of its lattice the way back is a guess.
    return map_point(impl_->model_from_near, undone(impl_->forward, p, p + impl_->back.at(p), 0.05));
}

double Warp::least_determinant() const
{
    return impl_->least_determinant;
}

double Warp::softening() const
{
    return impl_->softening;
}

double Warp::local_scale(Vec3 const& model_mm) const
{
    constexpr double d = 4;
    Mat3 jacobian;
    for (int axis = 0; axis < 3; ++axis) {
        Vec3 off{0};
        off[axis] = d;
        jacobian[axis] = (patient_from_model(model_mm + off) - patient_from_model(model_mm - off)) / (2 * d);
    }
    return std::cbrt(std::max(glm::determinant(jacobian), 1e-6));
}

} // namespace fluoro
