#include "tool_profile.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/expect.hpp>

namespace fluoro {

ToolProfile::ToolProfile(Tool const& tool)
{
    FLUORO_EXPECT(!tool.sections.empty());
    Sums before{0, 0, Vec2{0}};
    narrowest_inner_mm_ = tool.sections.front().inner_mm;
    for (auto section = tool.sections.rbegin(); section != tool.sections.rend(); ++section) {
        Piece piece{};
        piece.from_mm = length_mm_;
        piece.bends = 1 / section->bending_n_mm2;
        piece.twists = 1 / section->torsion_n_mm2;
        // An arc in the plane of (cos, sin) turns the third axis that way: about (-sin, cos).
        if (section->arc_radius_mm > 0)
            piece.rest_per_mm =
                Vec2{-std::sin(section->plane_rad), std::cos(section->plane_rad)} / section->arc_radius_mm;
        piece.outer_mm = section->outer_mm;
        piece.friction = section->friction;
        piece.bends_before = before.bends;
        piece.twists_before = before.twists;
        piece.rest_before = before.rest;
        pieces_.push_back(piece);
        before.bends += piece.bends * section->length_mm;
        before.twists += piece.twists * section->length_mm;
        before.rest += piece.rest_per_mm * section->length_mm;
        length_mm_ += section->length_mm;
        widest_mm_ = std::max(widest_mm_, section->outer_mm);
        narrowest_inner_mm_ = std::min(narrowest_inner_mm_, section->inner_mm);
    }
}

ToolProfile::Piece const& ToolProfile::at(double to_tip_mm) const
{
    std::size_t n = 0;
    while (n + 1 < pieces_.size() && pieces_[n + 1].from_mm <= to_tip_mm) ++n;
    return pieces_[n];
}

ToolProfile::Sums ToolProfile::sums(double to_tip_mm) const
{
    Piece const& piece = at(to_tip_mm);
    double const in = to_tip_mm - piece.from_mm;
    return {piece.bends_before + in * piece.bends, piece.twists_before + in * piece.twists,
            piece.rest_before + in * piece.rest_per_mm};
}

ProfileStretch ToolProfile::stretch(double near_mm, double far_mm) const
{
    Sums const near = sums(near_mm), far = sums(far_mm);
    double const length = far_mm - near_mm;
    return {length / (far.bends - near.bends), length / (far.twists - near.twists), (far.rest - near.rest) / length};
}

} // namespace fluoro
