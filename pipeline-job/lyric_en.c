#include "lyric_texts.h"

const struct lyric_texts lyric_en = {
    .nameless = "this place of ours",
    .pairs[LYRIC_CALM] =
	{
	    [LYRIC_OPENING] =
		{
		    {{"The day is long, the light is low", "There is a place where I can go"}},
		    {{"A quiet street, an open door", "I have not felt this calm before"}},
		    {{"The morning mist begins to clear", "And all I need is waiting here"}},
		    {{"Slow down a while and take a breath",
			"The evening sun has warmed the steps"}},
		    {{"A cup of tea, a window seat", "The world goes by on softer feet"}},
		},
	    [LYRIC_PLACE] =
		{
		    {{"Along the streets of {region}", "I find my way to {name}"}},
		    {{"When night comes down on {region}", "The lamps are lit at {name}"}},
		    {{"The gentle wind of {region}", "Knows the way to {name}"}},
		    {{"Whenever I dream of {region}", "I softly whisper: {name}"}},
		},
	    [LYRIC_CHORUS] =
		{
		    {{"Stay a while at {name}", "Let the hours drift away"}},
		    {{"{name}, a name like a song", "This is where my heart belongs"}},
		    {{"I remember {name}", "And the kindness of that day"}},
		    {{"Come to {name}, wait and see", "There is room for you and me"}},
		},
	    [LYRIC_REFRAIN] =
		{
		    {{"The stars come down to say good night", "And everything will be all right"}},
		    {{"The warmth you gave stays in my hand", "A little home, a promised land"}},
		    {{"A silent hour becomes a tune", "We hum it underneath the moon"}},
		    {{"No need to hurry, no need to run", "Tomorrow brings another sun"}},
		},
	    [LYRIC_ENDING] =
		{
		    {{"Until the day we meet again", "{name} will be here, my friend"}},
		    {{"And when you miss it, come back soon", "{name} is waiting under the moon"}},
		    {{"I look behind and see the light", "{name} is smiling in the night"}},
		    {{"Just as we are, just as today", "At {name} we will always stay"}},
		},
	},
    .pairs[LYRIC_BRIGHT] =
	{
	    [LYRIC_OPENING] =
		{
		    {{"The sun is up, the sky is blue", "Today has plans for me and you"}},
		    {{"Tie your shoes and grab your hat", "There is no better day than that"}},
		    {{"The clouds are dancing overhead", "My heart already ran ahead"}},
		    {{"Come on, my friend, and take my hand", "We make it up, we never planned"}},
		    {{"I woke before the clock could ring", "I feel like I could laugh and sing"}},
		},
	    [LYRIC_PLACE] =
		{
		    {{"We are on our way to {region}", "And our first stop is {name}"}},
		    {{"If you ever come to {region}", "Say hello to {name}"}},
		    {{"Every day is bright in {region}", "Brightest of all is {name}"}},
		    {{"The happy streets of {region}", "Are waving us to {name}"}},
		},
	    [LYRIC_CHORUS] =
		{
		    {{"La la la, to {name} we go", "Clap your hands and say hello"}},
		    {{"{name}, {name}, sing along", "You cannot sing this name all wrong"}},
		    {{"Today we are at {name}", "And every cloud has gone away"}},
		    {{"Heart is beating, feet can fly", "{name} is where we touch the sky"}},
		},
	    [LYRIC_REFRAIN] =
		{
		    {{"Take a picture, keep the day", "We will never give it away"}},
		    {{"Come just once and you will see", "Why it means so much to me"}},
		    {{"Stories shared and laughter too", "The day is short with friends like you"}},
		    {{"Leave your worries at the door", "Move your feet across the floor"}},
		},
	    [LYRIC_ENDING] =
		{
		    {{"We will be back, you have our word", "{name}, the best song ever heard"}},
		    {{"All the way home we still agree", "{name} is where we want to be"}},
		    {{"Tomorrow and the day to come", "{name} is open for everyone"}},
		    {{"Bring the ones you love along", "{name}, this is our song"}},
		},
	},
    .pairs[LYRIC_DRIVING] =
	{
	    [LYRIC_OPENING] =
		{
		    {{"Can you hear the beating of my heart",
			"This is the night, this is the start"}},
		    {{"Light the fire, turn it up loud", "Tonight we stand above the crowd"}},
		    {{"Run until you lose your breath", "Nothing stops us, nothing left"}},
		    {{"One, two, three, are you ready now",
			"We will take the stage, no matter how"}},
		},
	    [LYRIC_PLACE] =
		{
		    {{"A sound is waking {region}", "And in the middle: {name}"}},
		    {{"Here is the stage, here is {region}", "Shout it out now: {name}"}},
		    {{"It all began in {region}", "It never ends at {name}"}},
		    {{"Feel the ground of {region} shake", "{name} is wide awake"}},
		},
	    [LYRIC_CHORUS] =
		{
		    {{"Shout it louder, {name}", "Let the whole world hear it ring"}},
		    {{"{name}, one name, one flame", "Nothing here will be the same"}},
		    {{"Jump with us, with {name}", "Tomorrow is ours to win"}},
		    {{"Do not stop, to {name} we go", "Run until the night is old"}},
		},
	    [LYRIC_REFRAIN] =
		{
		    {{"Hands up high and touch the sky", "Feel the heat and do not ask why"}},
		    {{"If we fall, we rise again", "This song of ours will never end"}},
		    {{"For this one day, for this one night",
			"We give it all, we shine so bright"}},
		    {{"No storm can hold us, none can break", "The road ahead is ours to take"}},
		},
	    [LYRIC_ENDING] =
		{
		    {{"To the very last we cry", "{name} will never die"}},
		    {{"The flame is burning, hot and clear", "Because {name} is standing here"}},
		    {{"We start again, we start from now", "{name} will never slow down"}},
		    {{"When the song has long been through", "{name} will stay with you"}},
		},
	},
    .phrase =
	{
	    {{"{detail}: here I stand", "With all the beauty of the land"}},
	    {{"{detail}, where stories grow", "There is so much I want to know"}},
	    {{"I close my eyes and see it clear", "{detail}, so very near"}},
	},
    .sentence =
	{
	    {{"{detail}", "And that is why I come again"}},
	    {{"{detail}", "So let me sing it to the end"}},
	    {{"Listen close, for it is true", "{detail}"}},
	},
};
