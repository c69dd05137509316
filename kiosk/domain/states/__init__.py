"""Where a counter can be. Both windows are projections of one `Counter`; `type(counter.flow)` chooses the screen.

A state says where we are (`AskingPin`), declares what is true of it whatever it holds (`about`), holds what its screen shows and the
tickets it waits for, and nothing else. One that declares nothing, and is in a flow, fails the type check.
"""

from kiosk.domain.states.about import *
from kiosk.domain.states.asked import *
from kiosk.domain.states.counter import *
from kiosk.domain.states.ended import *
from kiosk.domain.states.lending import *
from kiosk.domain.states.outoforder import *
from kiosk.domain.states.pages import *
from kiosk.domain.states.problem import *
from kiosk.domain.states.proof import *
from kiosk.domain.states.registration import *
from kiosk.domain.states.serving import *
from kiosk.domain.states.unlinking import *
