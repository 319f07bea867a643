#!/bin/bash
# Drives the console with real key events in a display of its own and looks at what it shows.
# Usage: console.test.sh PROGRAM [ARGUMENT...]; the program says "<tick> beam on|off" on stdout.
# It has a wire in the right hand and a catheter in the left one.
# Screenshots stay in $FLUORO_SCREENSHOTS where that is set. Exit codes: 0 passed, 1 failed, 77 skipped.
set -u

for tool in Xvfb xdotool import convert xev; do
    command -v "$tool" >/dev/null || { echo "skipped: $tool is not installed (tools/packages.txt, [test])"; exit 77; }
done

work=$(mktemp -d)
pids=()
clean_up() {
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null; done
    for pid in "${pids[@]}"; do
        for _ in $(seq 50); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
        kill -KILL "$pid" 2>/dev/null
        wait "$pid" 2>/dev/null
    done
    [ -n "${FLUORO_SCREENSHOTS:-}" ] && mkdir -p "$FLUORO_SCREENSHOTS" && cp "$work"/*.png "$FLUORO_SCREENSHOTS" 2>/dev/null
    rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 1' INT TERM

failures=0
check() { # what, then a command that must succeed
    local what=$1
    shift
    if "$@"; then echo "ok      $what"; else echo "FAILED  $what"; failures=$((failures + 1)); fi
}
wait_for() { # seconds, then a command tried until it succeeds
    local until=$((SECONDS + $1))
    shift
    while ! "$@"; do
        [ "$SECONDS" -ge "$until" ] && return 1
        sleep 0.05
    done
}

# The display chooses a free number and says which.
Xvfb -displayfd 3 -screen 0 1440x900x24 -nolisten tcp 3>"$work/display" >"$work/xvfb.log" 2>&1 &
pids+=($!)
wait_for 20 test -s "$work/display" || { echo "skipped: Xvfb does not start here: $(tail -1 "$work/xvfb.log")"; exit 77; }
export DISPLAY=:$(cat "$work/display")

# Vulkan's own checks watch the window's device as well, where they are installed.
export VK_INSTANCE_LAYERS=
if ls /usr/share/vulkan/explicit_layer.d/VkLayer_khronos_validation.json >/dev/null 2>&1; then
    export VK_INSTANCE_LAYERS=VK_LAYER_KHRONOS_validation
    export VK_LAYER_ENABLES=VK_VALIDATION_FEATURE_ENABLE_SYNCHRONIZATION_VALIDATION_EXT
fi
"$@" >"$work/out" 2>"$work/err" &
program=$!
pids+=("$program")
find_window() { window=$(xdotool search --onlyvisible --pid "$program" 2>/dev/null | head -1); [ -n "$window" ]; }
if ! wait_for 60 find_window; then
    echo "FAILED  a window opens"
    tail -n 5 "$work/out" "$work/err"
    exit 1
fi
# Another window to lose the focus to.
xev -geometry 50x50+0+850 >/dev/null 2>&1 &
pids+=($!)
find_other() { other=$(xdotool search --onlyvisible --name 'Event Tester' 2>/dev/null | head -1); [ -n "$other" ]; }
wait_for 20 find_other
xdotool windowraise "$window"
xdotool windowfocus --sync "$window"

beam_is() { [ "$(grep ' beam ' "$work/out" | tail -1 | cut -d' ' -f3)" = "$1" ]; }
shot() { import -window root "$work/$1.png"; }
orange() { # pixels of the lamp's own orange where the lamp stands
    convert "$work/$1.png" -crop "${2:-310x75+0+0}" +repage -fill white -opaque '#e69f00' -fill black +opaque white \
        -format '%[fx:int(mean*w*h)]' info:
}
grey() { convert "$work/$1.png" -crop 400x400+520+220 +repage -colorspace Gray -format '%[fx:int(mean*1000)]' info:; }
has_lamp() { shot "$1"; [ "$(orange "$@")" -gt 8000 ]; }
has_no_lamp() { shot "$1"; [ "$(orange "$1")" -lt 50 ]; }
pulses() { grep -c ' pulse ' "$work/out"; }
has_commands() { grep -q "command $1" "$work/out"; }

sleep 1
check "the lamp is off at the start" wait_for 20 has_no_lamp start
dark=$(grey start)

presses() { grep -c 'command pedal' "$work/out"; }
had=$(presses) # the script that took the tools let go of everything at its end
xdotool keydown space
check "Space starts the beam" wait_for 20 beam_is on
check "the lamp is lit" wait_for 20 has_lamp live
check "the picture is there" test "$(grey live)" -gt $((dark + 100))
sleep 1
check "a held key that repeats itself stays one press" test "$(presses)" -eq $((had + 1))
xdotool keyup space
check "releasing Space ends the beam" wait_for 20 beam_is off
check "the lamp goes out" wait_for 20 has_no_lamp hold
check "the last image is held" test "$(grey hold)" -gt $((dark + 100))
held=$(pulses)
sleep 1
check "no pulse without the pedal" test "$(pulses)" -eq "$held"

xdotool keydown f
check "F starts the beam" wait_for 20 beam_is on
xdotool windowfocus --sync "$other"
check "losing the focus ends the beam while the key is down" wait_for 20 beam_is off
check "the lamp goes out with it" wait_for 20 has_no_lamp unfocused
xdotool windowfocus --sync "$window"
sleep 2
check "the beam does not come back with the focus" beam_is off
xdotool keyup f
sleep 0.2
xdotool keydown f
check "a new press starts it again" wait_for 20 beam_is on
xdotool keyup f
check "and its release ends it" wait_for 20 beam_is off

xdotool keydown d
check "D starts an acquisition" wait_for 20 beam_is on
xdotool keyup d
check "and its release ends it" wait_for 20 beam_is off
white() { convert "$work/$1.png" -crop 305x270+0+565 +repage -colorspace Gray -format '%[fx:int(mean*1000)]' info:; }
has_reference() { shot reference; [ "$(white reference)" -gt $(($(white hold) + 100)) ]; }
xdotool key ctrl+r
check "the held image goes to the reference monitor" wait_for 20 has_reference

xdotool key 5
check "5 tells the patient to hold the breath" wait_for 20 has_commands breathe
curves() { convert "$work/$1.png" -crop 150x100+18+150 +repage -format '%#' info:; }
picture() { convert "$work/$1.png" -crop 800x800+320+20 +repage -format '%#' info:; }
shot curves
sleep 1
shot curves-later
check "the patient's curves move on while the beam is off" test "$(curves curves)" != "$(curves curves-later)"
check "and nothing of the picture with them" test "$(picture curves)" = "$(picture curves-later)"

xdotool keydown Right
check "an arrow jogs the C-arm" wait_for 20 has_commands jog-c-arm
sleep 0.5
xdotool keyup Right
xdotool keydown minus
check "- closes the blades" wait_for 20 has_commands blades
xdotool keyup minus
xdotool key z
check "Z selects a zoom format" wait_for 20 has_commands field
hands() { grep -c "command hand $1" "$work/out"; }
xdotool mousemove --window "$window" 720 400
sleep 0.3
xdotool click 4
check "a notch of the wheel over the picture pushes what the right hand holds" wait_for 20 has_commands 'hand j-wire-0.035'
xdotool keydown alt keydown w
check "Alt+W pushes what the left hand holds" wait_for 20 has_commands 'hand jl4-5f'
before=$(hands jl4-5f)
xdotool windowfocus --sync "$other"
stopped() { [ "$(hands jl4-5f)" -gt "$before" ]; }
check "losing the focus stops the hand" wait_for 20 stopped
xdotool windowfocus --sync "$window"
xdotool keyup w keyup alt
sleep 1.5
before=$(hands j-wire-0.035)
xdotool mousedown 3 mousemove --sync --window "$window" 720 340 mouseup 3
moved() { [ "$(hands j-wire-0.035)" -gt "$before" ]; }
check "the mouse moves the right hand while its right button is held" wait_for 20 moved
shot tools
page() { convert "$work/$1.png" -crop 500x300+400+150 +repage -format '%#' info:; }
xdotool key F1
other_page() { shot keys; [ "$(page keys)" != "$(page tools)" ]; }
check "F1 shows the keys and devices" wait_for 20 other_page
xdotool key F1
same_page() { shot again; [ "$(page again)" = "$(page tools)" ]; }
check "and takes them away" wait_for 20 same_page
# The large button left of the two at the top right is the pedal for the mouse.
xdotool mousemove --window "$window" 1210 40
sleep 0.3
xdotool mousedown 1
check "the screen's pedal starts the beam" wait_for 20 beam_is on
shot mouse
xdotool mouseup 1
check "letting go of it ends the beam" wait_for 20 beam_is off

xdotool keydown space
wait_for 20 beam_is on
xdotool windowsize --sync "$window" 1000 700
check "the beam goes on while the window changes size" wait_for 20 has_lamp small 310x75+690+0
xdotool keyup space
check "and ends with the key" wait_for 20 beam_is off
xdotool windowsize --sync "$window" 1440 900
sleep 0.5

xdotool keydown space
wait_for 20 beam_is on
kill -STOP "$program"
sleep 4
kill -CONT "$program"
check "a console that hung for four seconds has its beam cut" wait_for 20 beam_is off
xdotool keyup space
shot end

check "Vulkan's validation is silent" bash -c "! grep -qE 'VUID|SYNC-HAZARD|Validation Error' '$work/out' '$work/err'"
grep -hE 'VUID|SYNC-HAZARD' "$work/out" "$work/err" | cut -c1-300 | sort | uniq -c | head -5
check "the program still runs" kill -0 "$program"
has_ended() { ! kill -0 "$program" 2>/dev/null; }
xdotool keydown space
wait_for 20 beam_is on
kill -TERM "$program"
check "asked to end, it ends" wait_for 20 has_ended
xdotool keyup space
check "with the beam off on the record" beam_is off
[ "$failures" -eq 0 ] && echo "passed" || { echo "$failures failed"; tail -5 "$work/err"; exit 1; }
