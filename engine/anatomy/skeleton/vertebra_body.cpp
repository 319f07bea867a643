#include "vertebra_form.hpp"

#include <algorithm>
#include <cmath>

namespace fluoro {

BodyDepths VertebraForm::body_depths(Vec3 const& q) const
{
    double const mean = (size_.anterior_height_mm + size_.posterior_height_mm) / 2;
    double const wedge = (size_.posterior_height_mm - size_.anterior_height_mm) / (2 * half_depth_);
    double const y_in = std::clamp(q.y, -half_depth_, half_depth_);
    double const half = std::max((mean + wedge * y_in) / 2, 1.0);

    // Outline at this height: a waist between flaring rims.
    double const s = std::clamp(q.z / half, -1.0, 1.0), hollow = 1 - s * s;
    double flare = 0;
    bool const is_broken = pathology_.fracture && pathology_.fracture->collapse != Collapse::biconcave;
    if (osteophyte_ > 0) {
        double const edge = (half - std::abs(q.z)) / 3.0;
        // Claws here and there around the rim; the beating aorta in front on the left keeps them low.
        double const aorta = q.x > 0 && q.y < 0 ? 0.65 : 1;
        double const uneven = aorta * (0.5 + 0.5 * std::sin(3 * std::atan2(q.x, -q.y) + double(seed_ % 7)));
        flare = osteophyte_ * uneven * std::exp(-edge * edge);
    }
    if (is_broken) // what is lost in height bulges
        flare += 0.06 * half_depth_ * hollow * pathology_.fracture->height_loss * 4;
    double const narrow = 1 - waist_ * hollow;
    // The rims that bear uncinate processes stand out to the sides.
    double const rim = level_ >= Level(2) && level_ <= Level::c7 ? std::clamp((q.z / half + 0.3) / 1.5, 0.0, 1.0) : 0;
    double const a = half_width_ *
                         (narrow - (q.x > 0 ? one_sided_ : -one_sided_) * waist_ * hollow + 0.09 * rim * rim) +
                     flare,
                 front = half_depth_ * (1 - 0.8 * waist_ * hollow) + flare;
    bool const lumbar = level_ >= Level::l1, cervical = level_ <= Level::c7;
    double const middle_y = (lumbar ? 0.12 : cervical ? 0.25 : 0.22) * half_depth_; // widest behind the middle
    double const bf = front + middle_y, bb = 1.42 * half_depth_ - middle_y;
    double const y = q.y - middle_y, b = y < 0 ? bf : bb;
    double const X = std::abs(q.x) / a, Y = std::abs(y) / b;
    double side;
    double const X2 = X * X, Y2 = Y * Y;
    // x^4 + y^4 + m x^2 y^2 = 1: m = 2 an ellipse, less squarer; no powers to compute.
    double const m = lumbar ? 1.3 : cervical ? 0.6 : 1.6;
    double const k2 = std::sqrt(X2 * X2 + Y2 * Y2 + m * X2 * Y2), k = std::sqrt(k2);
    if (k < 0.05)
        side = -0.72 * std::min(a, b);
    else {
        double const k3 = k2 * k;
        double const gx = X * (X2 + m / 2 * Y2) / (k3 * a), gy = Y * (Y2 + m / 2 * X2) / (k3 * b);
        side = (k - 1) / std::hypot(gx, gy);
        if (k < 1) side = std::max(side, -0.72 * std::min(a, b) * std::sqrt(1 - k2));
    }
    side *= 0.97; // the waist's slope
    // Back wall: hollow from side to side (but L5's), a little hollow up and down.
    double const bow = std::min(1.0, (q.x / (0.62 * half_width_)) * (q.x / (0.62 * half_width_)));
    double wall = half_depth_ +
                  (level_ == Level::l5 ? -0.4
                   : cervical          ? 0.2
                   : lumbar            ? 1.1
                                       : 1.4) *
                      scale_ * bow -
                  0.9 * scale_ * hollow;
    if (pathology_.fracture && pathology_.fracture->is_posterior_wall_broken) {
        // The upper back corner is driven into the canal.
        double const up = (q.z - 0.35 * half) / (0.5 * half), across = q.x / (0.5 * half_width_);
        wall += 0.28 * size_.canal_depth_mm * std::exp(-up * up - across * across);
    }
    side = std::max(side, 0.95 * (q.y - wall));

    // End-plates: a flat ring (the fused apophysis) around a dish, deepest behind the middle below.
    auto const dish = [&](double depth, double centre) {
        double const dx = q.x / half_width_, dy = (q.y - centre) / half_depth_;
        // A deep one, of a collapsed body, is a wide bowl without a floor.
        bool const is_bowl = depth > 3.5;
        double const t = std::max(0.0, 1 - (dx * dx + dy * dy) / (is_bowl ? 0.8 : 0.62));
        return depth * (is_bowl ? t * (1.3 - 0.3 * t) : t * (2 - t));
    };
    double upper = q.z - half + roll_up_ * q.x + dish(upper_dish_, 0.05 * half_depth_);
    double lower = -q.z - half + roll_low_ * q.x + dish(lower_dish_, (cervical ? 0.05 : 0.14) * half_depth_);
    double lip_slope = 0, bevel_slope = 0;
    // Uncinate processes and the bevels that face them belong to the hind two thirds of the rim.
    double const hind = std::clamp((q.y / half_depth_ + 0.6) / 0.8, 0.0, 1.0), behind = hind * hind * (3 - 2 * hind);
    if (cervical && level_ >= Level(2)) {
        // Uncinate processes beside, the body above bevelled for them; a saddle.
        double const beside = std::clamp((std::abs(q.x) / half_width_ - 0.58) / 0.36, 0.0, 1.0);
        lip_slope = beside > 0 ? std::min(1.5, 0.4 + 6 * beside * (1 - beside)) * uncinate_ / (0.36 * half_width_) : 0;
        double const one_side = uncinate_ * (1 + (q.x > 0 ? 0.1 : -0.1) * random(31));
        upper -= one_side * beside * beside * (3 - 2 * beside) * behind;
        double const middle = std::max(0.0, 1 - q.x * q.x / (0.36 * half_width_ * half_width_));
        upper += 0.5 * saddle_ * middle;
    }
    if (cervical) {
        // Parallel to the processes of the body below, so that a cleft of even width is left.
        double const bevel = std::clamp((std::abs(q.x) / half_width_ - 0.54) / 0.36, 0.0, 1.0);
        double const high = 3.3 * scale_ * (0.2 + 0.8 * behind);
        lower += high * bevel * bevel * (3 - 2 * bevel);
        bevel_slope = 6 * bevel * (1 - bevel) * high / (0.36 * half_width_);
        double const lip = std::max(0.0, -q.y / half_depth_);
        lower -= 1.2 * scale_ * lip * lip;
    }
    // End-plates are nowhere quite flat, and no two alike.
    double const near = std::max(upper, lower);
    if (std::abs(near) < 3) {
        Vec3 const on{q.x, q.y, upper > lower ? 40.0 : -40.0};
        double const wander = (lumbar     ? 0.016
                               : cervical ? 0.02
                                          : 0.011) *
                              mean * std::clamp(noise(on, 9, seed_ + 9), -1.5, 1.5) * (1 - std::abs(near) / 3);
        upper += wander;
        lower += wander;
    }
    double const steep_up =
        1 / std::hypot(1.0, 1.6 * upper_dish_ / half_depth_ + std::max(lip_slope, 0.25 * uncinate_));
    double const steep_low =
        1 / std::hypot(1.0, 1.6 * (lower_dish_ + (cervical ? 1.8 : 0)) / half_depth_ + bevel_slope);
    return {side, upper * steep_up, lower * steep_low};
}

double VertebraForm::body_mm(Vec3 const& q) const
{
    // Far away a box will do.
    double const up = std::max(size_.anterior_height_mm, size_.posterior_height_mm) / 2 + uncinate_;
    Vec3 const high{half_width_ + osteophyte_ + 1, half_depth_ + osteophyte_ + 5, up};
    double const far = glm::length(glm::max(glm::abs(q) - high, Vec3{0}));
    if (far > 4) return far;
    BodyDepths const d = body_depths(q);
    double const ends = std::max(d.upper, d.lower);
    return smooth_most(d.side, ends, 1.6);
}

} // namespace fluoro
