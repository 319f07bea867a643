#pragma once
#include "style.hpp"
#include <imgui.h>
#include <string>

namespace fluoro {

ImFont* font(Face face);

/// A card with a heading among the readouts; its rows are added between construction and destruction.
class Card {
public:
    /// `remark` stands at the right of the heading's line.
    explicit Card(char const* heading, std::string const& remark = {}, ImU32 remark_ink = palette::quiet_text);
    ~Card();
    Card(Card const&) = delete;
    Card& operator=(Card const&) = delete;

    /// `name` at the left; `value` and its unit end at the right.
    void row(char const* name, std::string const& value, char const* unit, Face face = Face::bold,
             ImU32 ink = palette::text) const;
    struct Cell {
        char const* name = "";
        std::string value{};
        char const* unit = "";
        ImU32 ink = palette::text;
    };
    /// Two short readings side by side; one without a name leaves its place empty.
    void pair(Cell const& left, Cell const& right) const;

    float left() const { return start_.x + padding_; }
    float right() const { return start_.x + width_ - padding_; }

private:
    ImVec2 start_;
    float width_ = 0, padding_ = 0;
};

} // namespace fluoro
