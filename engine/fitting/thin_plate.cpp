#include "thin_plate.hpp"

#include <cmath>
#include <fluoro/core/error.hpp>
#include <fluoro/core/expect.hpp>

namespace fluoro {

namespace {

/// Solves a x = b for three right-hand sides, by elimination with row exchange; `a` is n x n by rows.
void solve(std::vector<double>& a, std::vector<Vec3>& b)
{
    std::size_t const n = b.size();
    for (std::size_t column = 0; column < n; ++column) {
        std::size_t pivot = column;
        for (std::size_t row = column + 1; row < n; ++row)
            if (std::abs(a[row * n + column]) > std::abs(a[pivot * n + column])) pivot = row;
        if (std::abs(a[pivot * n + column]) < 1e-9)
            throw Error{"the landmarks lie in one plane; give some more that do not"};
        if (pivot != column) {
            for (std::size_t i = 0; i < n; ++i) std::swap(a[pivot * n + i], a[column * n + i]);
            std::swap(b[pivot], b[column]);
        }
        for (std::size_t row = column + 1; row < n; ++row) {
            double const factor = a[row * n + column] / a[column * n + column];
            if (factor == 0) continue;
            for (std::size_t i = column; i < n; ++i) a[row * n + i] -= factor * a[column * n + i];
            b[row] -= factor * b[column];
        }
    }
    for (std::size_t row = n; row-- > 0;) {
        Vec3 sum = b[row];
        for (std::size_t i = row + 1; i < n; ++i) sum -= a[row * n + i] * b[i];
        b[row] = sum / a[row * n + row];
    }
}

constexpr double unit_mm = 100; ///< keeps the linear part's columns of the matrix near 1

} // namespace

// Minimises sum |u(p_i) - d_i|^2 / s_i^2 + bending energy: (K + diag(lambda)) w + P a = d, P^T w = 0 with K_ij = -r.
// lambda_i = s_i^2 / L: L sets how stiff the plate is against a spread of 1 mm.
ThinPlate::ThinPlate(std::vector<Vec3> places_mm, std::vector<Vec3> const& displacements_mm,
                     std::vector<double> const& spreads_mm)
    : places_{std::move(places_mm)}
{
    constexpr double stiffness_mm = 4;
    std::size_t const count = places_.size(), n = count + 4;
    FLUORO_EXPECT(displacements_mm.size() == count && spreads_mm.size() == count);
    if (count < 4) throw Error{"a fit needs four landmarks or more that are not in one plane"};
    std::vector<double> a(n * n, 0);
    std::vector<Vec3> b(n, Vec3{0});
    for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t j = 0; j < count; ++j) a[i * n + j] = -glm::length(places_[i] - places_[j]);
        // The sign is the kernel's: -r is conditionally positive definite.
        a[i * n + i] = spreads_mm[i] * spreads_mm[i] / stiffness_mm;
        Vec3 const p = places_[i] / unit_mm;
        double const row[4] = {1, p.x, p.y, p.z};
        for (std::size_t k = 0; k < 4; ++k) a[i * n + count + k] = a[(count + k) * n + i] = row[k];
        b[i] = displacements_mm[i];
    }
    solve(a, b);
    weights_.assign(b.begin(), b.begin() + std::ptrdiff_t(count));
    offset_ = b[count];
    for (int axis = 0; axis < 3; ++axis) linear_[axis] = b[count + 1 + std::size_t(axis)] / unit_mm;
}

Vec3 ThinPlate::at(Vec3 const& p) const
{
    Vec3 sum = offset_ + linear_ * p;
    for (std::size_t i = 0; i < places_.size(); ++i) sum -= glm::length(p - places_[i]) * weights_[i];
    return sum;
}

} // namespace fluoro
